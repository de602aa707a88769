"""Spans in normal form: what each sender's span becomes, and that the views say what their slow twin says."""

import gzip
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry.engine.embedded import EmbeddedEngine, open_embedded
from telemetry.engine.migrate import migrate
from telemetry.outcome import FLAGS, classify
from tests.build import DEFAULT_SPOOL, T0, Sender, load, resource, span, traces, unix_ns
from tests.plain.normal import NormalSpan, normal
from tests.telemetry.engine import any_sender, senders

DATA = Path(os.environ.get("MESHUI_TEST_DATA") or Path(__file__).parents[4] / "shared" / "data")
_numbers = count(1_000_000)
COLUMNS = """toUnixTimestamp(bucket) AS bucket, toUnixTimestamp64Nano(ts) AS ts, duration, late,
  hex(trace_id) AS trace_id, span_id, parent_id, node, version, instance, role, proxy, gateway, kind, name, operation,
  protocol, status, status_message, code, grpc, flags, arrived, peer, peer_ns, peer_kind, tls,
  toFloat64(weight) AS weight,
  spool, segment"""

Sent = tuple[Span, Resource]


@pytest.fixture(scope="module")
def kept(engine_server: Path) -> Iterator[EmbeddedEngine]:
    """One database for the whole file: every test has a segment of its own in it."""
    engine = open_embedded(engine_server, "normal_form")
    migrate(engine)
    yield engine
    engine.execute("DROP DATABASE normal_form SYNC")
    engine.close()


def stored(engine: EmbeddedEngine, folder: Path, sent: Sequence[Sent], received: datetime = T0) -> list[NormalSpan]:
    """What the table has of these spans, in order: each is sent under its place in the list as its id."""
    requests = []
    for place, (one, who) in enumerate(sent):
        one.span_id = place.to_bytes(8, "little")
        requests.append(traces(Sender(who, resource().scope), one))
    number = load(engine, folder, *requests, segment=next(_numbers), received=received, finished=False)
    rows = engine.query(f"SELECT {COLUMNS} FROM spans WHERE segment = {number} ORDER BY span_id")
    for row in rows:
        row["trace_id"] = bytes.fromhex(row["trace_id"])
        for flag in ("late", "proxy", "gateway"):
            row[flag] = bool(row[flag])
    return [NormalSpan(**row) for row in rows]


def expected(sent: Sequence[Sent], rows: Sequence[NormalSpan], received: int = unix_ns(T0)) -> list[NormalSpan]:
    return [
        normal(one, who, received=received, spool=DEFAULT_SPOOL, segment=row.segment)
        for (one, who), row in zip(sent, rows, strict=True)
    ]


@pytest.fixture(scope="module")
def rows_by_case(kept: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, NormalSpan]:
    sent = [(case.span(), case.resource()) for case in senders.CASES]
    rows = stored(kept, tmp_path_factory.mktemp("cases"), sent)
    assert rows == expected(sent, rows)
    return {case.situation: row for case, row in zip(senders.CASES, rows, strict=True)}


@pytest.mark.parametrize("case", senders.CASES, ids=lambda case: case.situation.replace(" ", "-"))
def test_what_a_sender_means(case: senders.Case, rows_by_case: dict[str, NormalSpan]) -> None:
    row = rows_by_case[case.situation]
    assert {column: getattr(row, column) for column in case.means} == case.means


@settings(max_examples=25, deadline=None)
@given(sent=st.lists(any_sender.sent(), min_size=1, max_size=120))
def test_views_say_what_their_twin_says(
    sent: list[Sent], kept: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = stored(kept, tmp_path_factory.mktemp("any"), sent)
    for row, twin, (one, who) in zip(rows, expected(sent, rows), sent, strict=True):
        differ = {
            f.name: (getattr(row, f.name), getattr(twin, f.name))
            for f in fields(row)
            if getattr(row, f.name) != getattr(twin, f.name)
        }
        assert not differ, f"view and twin of {one} from {who}"


@settings(max_examples=30, deadline=None)
@given(
    outcomes=st.lists(
        st.tuples(
            st.sampled_from([0, 101, 200, 302, 400, 401, 403, 404, 429, 499, 500, 503, 504, 999]) | st.integers(0, 999),
            st.integers(-1, 17),
            st.lists(st.sampled_from([*FLAGS, "ZZ"]), max_size=3, unique=True).map(",".join),
            st.integers(0, 2),
            st.sampled_from(["client", "server"]),
        ),
        min_size=1,
        max_size=200,
    )
)
def test_class_is_one_in_sql_and_python(outcomes: list[tuple[int, int, str, int, str]], kept: EmbeddedEngine) -> None:
    answer = kept.query(
        "SELECT toString(meshui_class(o.1, o.2, toLowCardinality(o.3), o.4, o.5 = 'server')) AS class"
        " FROM (SELECT arrayJoin({outcomes:Array(Tuple(UInt16, Int16, String, UInt8, String))}) AS o)",
        {"outcomes": outcomes},
    )
    twins = [str(classify(code, grpc, flags, status, side)) for code, grpc, flags, status, side in outcomes]  # type: ignore[arg-type]
    assert [row["class"] for row in answer] == twins


def test_services_are_those_that_sent(kept: EmbeddedEngine, tmp_path: Path) -> None:
    who = resource("till/2", namespace="pay", version="v7", cluster="east").resource
    stored(kept, tmp_path, [(span("first"), who), (span("second"), who)])
    found = kept.query(
        "SELECT DISTINCT node, version, cluster, namespace, name, gateway FROM services WHERE name = 'till/2'"
    )
    assert found == [
        {
            "node": "east:pay/till%2F2",
            "version": "v7",
            "cluster": "east",
            "namespace": "pay",
            "name": "till/2",
            "gateway": 0,
        }
    ]


def test_late_spans_are_counted_by_sender(kept: EmbeddedEngine, tmp_path: Path) -> None:
    day_ns = 86400 * 10**9
    old = span("old", start_ns=unix_ns(T0) - 3 * day_ns)
    none = span("none", start_ns=0, end_ns=5)
    rows = stored(kept, tmp_path, [(old, resource("slow").resource), (none, resource("slow").resource)])
    assert [(row.late, row.bucket) for row in rows] == [(True, unix_ns(T0) // 10**9)] * 2
    assert [row.ts for row in rows] == [old.start_time_unix_nano, 0]
    counted = kept.query(f"SELECT sender, reason, n FROM rejects WHERE segment = {rows[0].segment} ORDER BY reason")
    assert [tuple(row.values()) for row in counted] == [
        ("-/slow", "start time missing", 1),
        ("-/slow", "start time outside the accepted age", 1),
    ]


def recordings() -> list[Path]:
    return sorted((DATA / "envoy" / "variants").glob("*/traces.otlp.bin.gz"))


@pytest.mark.skipif(not recordings(), reason=f"no recordings of real Envoys in {DATA}/envoy/variants")
@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.parent.name)
def test_what_real_envoys_sent(path: Path, kept: EmbeddedEngine, tmp_path: Path) -> None:
    sent = [
        (one, group.resource)
        for request in requests_of(path)
        for group in request.resource_spans
        for scope in group.scope_spans
        for one in scope.spans
    ]
    at = max(one.start_time_unix_nano for one, _ in sent)
    rows = stored(kept, tmp_path, sent, received=datetime.fromtimestamp(at // 10**9, UTC))
    assert rows == expected(sent, rows, received=at // 10**9 * 10**9)
    by_name = {(row.name.partition(" ")[0], row.role) for row in rows if row.proxy}
    assert {role for name, role in by_name if name == "egress"} == (
        set() if path.parent.name == "operation" else {"out"}
    )
    assert {role for name, role in by_name if name == "ingress"} <= {"in", "auto"}
    gateways = {row.node.rpartition("/")[2] for row in rows if row.gateway}
    assert gateways == (set() if path.parent.name == "operation" else {"gateway"})
    assert not any(row.late for row in rows)


def requests_of(path: Path) -> Iterator[ExportTraceServiceRequest]:
    """Each behind its length as a varint."""
    data, at = gzip.decompress(path.read_bytes()), 0
    while at < len(data):
        length = shift = 0
        while True:
            at, byte = at + 1, data[at]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield ExportTraceServiceRequest.FromString(data[at : at + length])
        at += length
