"""Traces, status, the probes, and what every call answers to a wrong path or method."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from meshui.running import Running
from tests.build import counter, load, metrics, point, resource, span, traces
from tests.meshui.api.conftest import CALLS

STATUS: dict[str, Any] = {
    "version": str, "uptime_s": int, "receivers": [{"protocol": str, "address": str, "accepting": bool}],
    "ingest": {
        "spans_per_s": float, "points_per_s": float, "accepted_total": int, "rejected_total": int,
        "rejected_recently": list,
    },
    "lag": {"ack_to_queryable_p95_ms": (int, type(None)), "tick_ms": int, "last_tick": str},
    "spool": {"bytes": int, "segments": int, "quarantined": int},
    "engine": {"kind": str, "bytes": int, "spans": int, "oldest": str},
    "scenario": (str, type(None)), "warnings": list,
}  # fmt: skip


def check(body: Any, shape: Any, where: str = "") -> None:
    """Every field of api.md is there with its type; more may be."""
    if isinstance(shape, dict):
        for name, inner in shape.items():
            assert name in body, f"{where}.{name} is missing"
            check(body[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert body, f"{where} is empty"
        for item in body:
            check(item, shape[0], f"{where}[]")
    else:
        assert isinstance(body, shape), f"{where} is {body!r}"


def test_status_has_the_shape_of_the_interface(client: Client, traffic: Running) -> None:
    body = client.get("/api/v1/status").json()
    check(body, STATUS)
    assert body["engine"]["kind"] == "embedded"
    assert body["engine"]["spans"] == 3 * CALLS + 1
    assert body["engine"]["oldest"].endswith("Z")


def test_status_names_who_sends_spans_with_the_wrong_time(
    client: Client, running: Running, tmp_path: Path, now: datetime
) -> None:
    old = span(start=now - timedelta(days=30))
    load(running.engine, tmp_path, traces(resource("web", namespace="shop"), old), received=now)
    (warning,) = client.get("/api/v1/status").json()["warnings"]
    assert warning["kind"] == "late_spans"
    assert "shop/web (1: start time outside the accepted age)" in warning["text"]


def test_status_names_who_sends_points_that_cannot_be_counted(
    client: Client, running: Running, tmp_path: Path, now: datetime
) -> None:
    wrong = counter("istio_requests_total", point(float("nan"), at=now))
    load(running.engine, tmp_path, metrics(resource("web", namespace="shop"), wrong), received=now)
    (warning,) = client.get("/api/v1/status").json()["warnings"]
    assert warning["kind"] == "points_left_out"
    assert "web" in warning["text"]


def test_status_names_series_that_two_senders_write(client: Client, running: Running, now: datetime) -> None:
    torn = {"at": now, "series": 1, "metric": "istio_requests_total", "sender_name": "shop/web", "n": 31}
    running.engine.insert_rows("conflicts", [torn])
    (warning,) = client.get("/api/v1/status").json()["warnings"]
    assert warning["kind"] == "series_conflict"
    assert "istio_requests_total of shop/web" in warning["text"]


def test_status_before_anything_came(client: Client, running: Running) -> None:
    body = client.get("/api/v1/status").json()
    assert (body["engine"]["spans"], body["engine"]["oldest"], body["lag"]["last_tick"]) == (0, None, None)


@pytest.mark.parametrize("form", ["{:032x}", "{:016x}", "{:032X}"], ids=["32 digits", "16 digits", "capitals"])
def test_a_trace_is_found_by_its_id(client: Client, traffic: Running, form: str) -> None:
    body = client.get(f"/api/v1/traces/{form.format(17)}").json()
    assert body["trace_id"] == f"{17:032x}"
    assert [span["service"] for span in body["spans"]] == ["shop/web", "shop/web", "shop/cart"]


@pytest.mark.parametrize(("trace_id", "status"), [("f" * 32, 404), ("f" * 31, 400), ("g" * 32, 400), ("1", 400)])
def test_a_trace_that_is_none(client: Client, running: Running, trace_id: str, status: int) -> None:
    answer = client.get(f"/api/v1/traces/{trace_id}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/", "/api/v2/graph", "/api/v1/graph/"])
def test_an_unknown_call_is_a_problem(client: Client, running: Running, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["title"] == "No such call"


@pytest.mark.parametrize("path", ["graph", "services", "status", "traces/1"])
def test_another_method_is_a_problem_that_says_which_one(db: None, running: Running, path: str, writer: Client) -> None:
    answer = writer.delete(f"/api/v1/{path}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_it_is_ready_after_the_first_tick(client: Client, running: Running, traffic: Running) -> None:
    assert client.get("/healthz").content == b"ok\n"
    body = client.get("/readyz").json()
    assert body["ready"] is True
    assert {part["name"] for part in body["parts"]} == {"engine", "database", "spool", "disk", "tick"}


def test_it_is_not_ready_before(client: Client, running: Running, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/readyz")
    assert caplog.records == [], "a probe's no is no error of ours"
    assert answer.status_code == 503
    assert [part["name"] for part in answer.json()["parts"] if not part["ok"]] == ["tick"]


def test_signals_that_have_stopped_are_said_on_every_side(client: Client, traffic: Running, now: datetime) -> None:
    traffic.ticker.last_at = now - timedelta(minutes=2)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    (late,) = (part["text"] for part in answer.json()["parts"] if not part["ok"])
    assert late.startswith("Signals are 12")
    warnings = {warning["kind"]: warning for warning in client.get("/api/v1/status").json()["warnings"]}
    assert warnings["signals_late"]["text"].startswith("Signals are 12")


def test_an_engine_that_cannot_answer_is_said_in_words(client: Client, running: Running) -> None:
    running.engine.close()
    answer = client.get("/api/v1/graph")
    assert answer.status_code == 503
    assert "engine" in answer.json()["title"]
    parts = {part["name"]: part["ok"] for part in client.get("/readyz").json()["parts"]}
    assert parts["engine"] is False


def test_metrics_are_prometheus_text(client: Client, running: Running) -> None:
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b"# TYPE meshui_spans_accepted_total counter" in answer.content


@pytest.mark.parametrize(
    "name", ["../settings.py", "%2e%2e/settings.py", "a%00b", "x" * 300, "/etc/passwd", "app.css.br"]
)
def test_only_built_files_are_served(client: Client, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404
