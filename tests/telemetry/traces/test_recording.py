"""Origins on the recording of real Envoys, fault by fault, and every other recorded trace comes back whole."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from meshui.replay import reading
from meshui.replay.record import ZIPKIN
from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Signal
from telemetry.receive import zipkin
from telemetry.receive.otlp import Batch
from telemetry.traces.body import path_json, trace_json
from telemetry.traces.load import trace
from tests.build import record, write_segment
from tests.data import data_folder
from tests.recorded import messages

OF_EACH = 3
FAULTS = {
    "route timeout": (
        "DC URX UT",
        504,
        "shop/cart",
        "gave up on pay/payments after .* (UT); pay/payments itself answered",
    ),
    "no healthy host": ("UH", 503, "shop/cart", "call of pay/payments: .* (UH); pay/payments was never reached"),
    "retries used up": ("URX", 503, "shop/cart|pay/payments", "answered 503 to .*; all retries were used up (URX"),
    "connection refused": ("UF", 503, "shop/web", "mail.example.com: the connection was refused (UF)"),
    "connection refused, gRPC": ("UF", 200, "shop/ads", "UNAVAILABLE (gRPC 14) to the call of reco: .* refused (UF)"),
    "the application drops the connection": ("UC", 503, "shop/ads", "shop/ads v1 closed the connection before .* (UC)"),
    "fault abort": ("FI", 503, "shop/web", "injected on purpose (FI); ads was never reached"),
    "rate limit": ("RL", 429, "shop/ads", "shop/ads v1's own proxy answered 429 to GET /limited: .* (RL)"),
    "RBAC denial": ("", 403, "shop/stock", "shop/stock v1's own proxy denied shop/ads GET /stock: .* (RBAC, 403)"),
    "the client leaves": ("DC", 200, "edge/gateway", "The client of edge/gateway left after 2.. ms (DC)"),
    "no route": ("NR", 404, "edge/gateway", "answered 404 to GET /nothing: .* (NR)"),
    "a status of gRPC": ("", 200, "shop/reco", "shop/reco v1 answered .* to shop.Reco/Suggest"),
    "a good retry": ("", 503, "shop/cart|pay/payments", "answered 503 to .*; the request itself did not fail"),
}
"""Kind of fault: the flags of the trace, its largest code, whose span is the origin, and what the sentence has."""

CHOSEN = """SELECT lower(hex(trace_id)) AS id FROM spans GROUP BY trace_id
    HAVING arrayStringConcat(arraySort(groupUniqArrayIf(toString(flags), flags != '')), ' ') = {flags:String}
      AND max(code) = {code:UInt16} AND (max(code) != 200 OR {flags:String} != '' OR max(grpc) > 0)
    ORDER BY id LIMIT {most:UInt32}"""


def insert(engine: EmbeddedEngine, folder: Path, signal: Signal, sent: Iterable[bytes], at: datetime) -> None:
    path = write_segment(folder / f"{signal}.seg", [record(one, segment=1, received=at) for one in sent])
    engine.insert(signal, path, f"{signal}-1")


@pytest.fixture
def envoys(engine: EmbeddedEngine, tmp_path: Path) -> EmbeddedEngine:
    folder, at = data_folder("envoy"), datetime.fromtimestamp(1795554200, UTC)
    insert(engine, tmp_path, Signal.TRACES, messages(folder / "traces.otlp.bin.gz"), at)
    insert(engine, tmp_path, Signal.LOGS, messages(folder / "logs.otlp.bin.gz"), at)
    return engine


def test_each_kind_of_fault_is_found_where_it_was_made(envoys: EmbeddedEngine) -> None:
    for kind, (flags, code, service, sentence) in FAULTS.items():
        rows = envoys.query(CHOSEN, {"flags": flags, "code": code, "most": OF_EACH})
        assert rows, kind
        for row in rows:
            found = trace(envoys, row["id"])
            assert found is not None
            body = trace_json(found)
            assert body["origin"], kind
            pattern = sentence.replace("(", r"\(").replace(")", r"\)")
            assert re.search(pattern, body["origin"]["text"]), (kind, row["id"], body["origin"]["text"])
            assert re.fullmatch(service, body["origin"]["service"]), (kind, row["id"])
            named = next(span for span in body["spans"] if span["span_id"] == body["origin"]["span"])
            assert set(named["flags"]) <= set(flags.split())
            proxies = [span for span in body["spans"] if span["proxy"] and span["logs"]]
            assert proxies, "access logs stand at the spans of the same requests"
            assert {(log["service"], tuple(log["flags"]), log["code"]) for span in proxies for log in span["logs"]} == {
                (span["service"], tuple(span["flags"]), span["code"]) for span in proxies
            }


def recorded_files() -> list[str]:
    """Every file of recorded traces, as paths below the shared data; where that is not, a folder that is missed."""
    try:
        fixtures, nezha = data_folder("fixtures"), data_folder("nezha")
    except pytest.skip.Exception:
        return ["fixtures"]
    cases = [next(iter(sorted((nezha / system / "cases").glob("*/spans.jsonl.gz")))) for system in NEZHA]
    found = [path for path in sorted((fixtures / "traces").rglob("*")) if path.is_file()]
    return [str(path.relative_to(fixtures.parent)) for path in [*found, *cases]]


NEZHA = ("online-boutique", "train-ticket")


def sent_in(path: Path) -> Iterator[bytes]:
    for one in islice(reading.read(path.read_bytes()), 300):
        if one.signal is ZIPKIN:
            batch = zipkin.check(json.dumps(one.message).encode(), True)
            assert isinstance(batch, Batch)
            yield batch.data
        else:
            yield one.message.SerializeToString()


@pytest.mark.parametrize("name", recorded_files())
def test_recorded_traces_come_back_whole(engine: EmbeddedEngine, tmp_path: Path, name: str) -> None:
    path = data_folder("fixtures").parent / name
    insert(engine, tmp_path, Signal.TRACES, sent_in(path), datetime(2026, 9, 21, tzinfo=UTC))
    rows = engine.query(
        "SELECT lower(hex(trace_id)) AS id, uniqExact(span_id, role, node) AS spans FROM spans GROUP BY id"
        " ORDER BY spans DESC, id LIMIT 25"
    )
    assert rows
    for row in rows:
        found = trace(engine, row["id"])
        assert found is not None
        body = trace_json(found)
        assert len(body["spans"]) == row["spans"]
        items = path_json(found)["items"]
        assert sum(item["to_offset_us"] - item["from_offset_us"] for item in items) == found.duration_ns // 1000
        assert {span["folded_into"] for span in body["spans"]} <= {None, *(span["span_id"] for span in body["spans"])}
