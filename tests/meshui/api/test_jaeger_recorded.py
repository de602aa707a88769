"""Recorded traces by upload and back by Jaeger's API: what goes in as Jaeger's JSON comes out as it was."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from meshui.replay import jaeger
from meshui.running import Running
from tests.data import data_folder

JAEGER = ["ride-sharing.json", "genai.json", "deathstarbench-social-network.json.gz"]
OTHERS = [
    "jaeger/ui-model.json",
    "zipkin/ascend.json", "zipkin/envoy.json", "zipkin/messaging.json", "zipkin/messaging2.json", "zipkin/skew.json",
    "zipkin/messaging-kafka.json", "zipkin/simple-db.json", "zipkin/yelp.json", "zipkin/smartthings-oauth.json.gz",
    "otlp/bookinfo-istio-sidecars.jsonl", "otlp/all-attribute-types.json", "otlp/proto-example-trace.json",
]  # fmt: skip
KEPT = 20


def upload(writer: Client, running: Running, path: Path) -> dict[str, int]:
    answer = writer.post("/api/v1/traces/upload", path.read_bytes(), content_type="application/json")
    assert answer.status_code == 201, answer.content
    running.spool.seal()
    running.loader.load_sealed()
    return {each["trace_id"]: each["spans"] for each in answer.json()["traces"]}


def asked(writer: Client, trace: str) -> dict[str, Any]:
    answer = writer.get(f"/jaeger/api/traces/{trace}", {"raw": "true"})
    assert answer.status_code == 200, answer.content
    (found,) = answer.json()["data"]
    return dict(found)


def said(span: dict[str, Any]) -> dict[str, str]:
    """Its tags as text. Numbers may be written in several ways, and a key that is sent twice counts once."""
    return {tag["key"]: _text(tag["value"]) for tag in span["tags"]}


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", JAEGER)
def test_jaegers_traces_come_back_as_they_were(writer: Client, running: Running, name: str) -> None:
    path = data_folder("fixtures") / "traces" / "jaeger" / name
    raw = path.read_bytes()
    sent = jaeger._traces(json.loads(gzip.decompress(raw) if name.endswith(".gz") else raw))
    assert len(upload(writer, running, path)) == len(sent)
    for trace in sent[:KEPT]:
        found = asked(writer, trace["traceID"].rjust(32, "0"))
        spans = {span["spanID"]: span for span in found["spans"]}
        before = {span["spanID"].rjust(16, "0"): span for span in trace["spans"]}
        assert spans.keys() == before.keys()
        for span_id, was in before.items():
            now = spans[span_id]
            for field in ("operationName", "startTime", "duration"):
                assert now[field] == was[field], (span_id, field)
            assert said(was).items() <= said(now).items()
            assert len(now["logs"]) == len(was.get("logs") or [])
            parents = [to["spanID"].rjust(16, "0") for to in was.get("references") or [] if to["refType"] == "CHILD_OF"]
            assert [to["spanID"] for to in now["references"] if to["refType"] == "CHILD_OF"][:1] == parents[:1]
            process = trace["processes"][was["processID"]]
            assert process["serviceName"] in found["processes"][now["processID"]]["serviceName"]


@pytest.mark.parametrize("name", OTHERS)
def test_every_span_of_the_others_comes_back_once(writer: Client, running: Running, name: str) -> None:
    sent = upload(writer, running, data_folder("fixtures") / "traces" / name)
    for trace in list(sent)[:KEPT]:
        found = asked(writer, trace)
        ids = [span["spanID"] for span in found["spans"]]
        assert len(ids) == len(set(ids)) == len(writer.get(f"/api/v1/traces/{trace}").json()["spans"])
        assert {span["processID"] for span in found["spans"]} == found["processes"].keys()
