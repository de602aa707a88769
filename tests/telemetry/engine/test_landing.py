"""What senders put into spans, points and logs is in the tables as it was, and once."""

from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import ArrayValue, KeyValueList
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Exemplar,
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Histogram,
    HistogramDataPoint,
    Metric,
    Summary,
    SummaryDataPoint,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Refused, Signal
from tests.build import (
    DEFAULT_SPOOL,
    T0,
    any_value,
    counter,
    event,
    gauge,
    later,
    link,
    load,
    log,
    logs,
    merged,
    metrics,
    point,
    record,
    resource,
    span,
    traces,
    unix_ns,
    varint,
    write_segment,
)

EVERY_KIND: list[tuple[str, Any]] = [
    ("empty text", ""),
    ("text", "caf\u00e9 \U0001f600 '\\\n"),
    ("unset", None),
    ("zero", 0),
    ("smallest", -(2**63)),
    ("largest", 2**63 - 1),
    ("false", False),
    ("true", True),
    ("zero float", 0.0),
    ("float", 0.1),
    ("tiny", 5e-324),
    ("infinite", float("-inf")),
    ("no bytes", b""),
    ("bytes", b"\0\xff"),
    ("no array", []),
    ("array", ["", 0, None, [b"\xff", {"a": []}]]),
    ("no list", {}),
    ("list", {"b": 1, "a": {"": None}}),
    ("twice", 1),
    ("twice", "2"),
]


def stored(value: Any) -> tuple[str, bytes]:
    """Kind and bytes of a value as columns have them."""
    kind = any_value(value).WhichOneof("value") or "none"
    if kind == "array_value":
        return kind, any_value(value).array_value.SerializeToString()
    if kind == "kvlist_value":
        return kind, any_value(value).kvlist_value.SerializeToString()
    if isinstance(value, bool):
        return kind, b"true" if value else b"false"
    return kind, value if isinstance(value, bytes) else str("" if value is None else value).encode()


def told(row: dict[str, Any]) -> list[tuple[str, str, bytes]]:
    """(key, kind, bytes) of a row's attributes, in the order stored; a float's text as Python prints it."""
    found = []
    for key, kind, value in zip(row["keys"], row["kinds"], row["hexes"], strict=True):
        raw = bytes.fromhex(value)
        found.append((key, kind, str(float(raw)).encode() if kind == "double_value" else raw))
    return found


ATTRIBUTES = "mapKeys({0}) AS keys, {1} AS kinds, arrayMap(v -> hex(v), mapValues({0})) AS hexes"
EXPECTED = [(key, *stored(value)) for key, value in EVERY_KIND]


def test_every_kind_of_value_survives_on_spans_and_resources(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load(engine, tmp_path, traces(resource("cart", attributes=EVERY_KIND), span(attributes=EVERY_KIND)))
    for table, left_out in (("spans", 0), ("resources", 1)):
        engine.execute(f"OPTIMIZE TABLE {table} FINAL")
        (row,) = engine.query(f"SELECT {ATTRIBUTES.format('attributes', 'kinds')} FROM {table}")
        assert told(row)[left_out:] == EXPECTED, table


def test_every_kind_of_value_survives_on_points_and_logs(engine: EmbeddedEngine, tmp_path: Path) -> None:
    measured = point(1)
    written = log(dict(EVERY_KIND))
    for key, value in EVERY_KIND:
        measured.attributes.add(key=key, value=any_value(value))
        written.attributes.add(key=key, value=any_value(value))
    load(engine, tmp_path, metrics(None, gauge("g", measured)))
    load(engine, tmp_path, logs(None, written))
    for table in ("points", "logs"):
        (row,) = engine.query(f"SELECT {ATTRIBUTES.format('attributes', 'kinds')} FROM {table}")
        assert told(row) == EXPECTED, table
    (row,) = engine.query(f"SELECT {ATTRIBUTES.format('fields', 'field_kinds')}, body_kind, body FROM logs")
    assert told(row) == [(key, *stored(value)) for key, value in dict(EVERY_KIND).items()]
    assert (row["body_kind"], row["body"]) == ("kvlist_value", "")


@pytest.mark.parametrize("body", [pytest.param(value, id=key) for key, value in EVERY_KIND if key != "list"])
def test_every_kind_of_body_survives(engine: EmbeddedEngine, tmp_path: Path, body: Any) -> None:
    load(engine, tmp_path, logs(None, log(body)))
    (row,) = engine.query("SELECT body_kind, hex(body) AS body FROM logs")
    raw = bytes.fromhex(row["body"])
    shown = str(float(raw)).encode() if row["body_kind"] == "double_value" else raw
    assert (row["body_kind"], shown) == stored(body)


def test_arrays_and_lists_decode_to_what_was_sent() -> None:
    """The stored bytes are OTLP's own messages."""
    assert ArrayValue.FromString(stored([1, "a"])[1]) == any_value([1, "a"]).array_value
    assert KeyValueList.FromString(stored({"a": None})[1]) == any_value({"a": None}).kvlist_value


def test_events_links_state_and_message_of_a_span_are_kept(engine: EmbeddedEngine, tmp_path: Path) -> None:
    events = [event("exception", at=later(0.001), attributes={"exception.type": "E", "n": 0}), event("")]
    links = [link(5, 6, {"a": b"\xff"})]
    load(
        engine,
        tmp_path,
        traces(None, span(status="error", message="it broke", trace_state="ot=th:8", events=events, links=links)),
    )
    sql = """SELECT status, status_message, trace_state, arrayMap(e -> hex(e), events) AS events,
        arrayMap(l -> hex(l), links) AS links FROM spans"""
    (row,) = engine.query(sql)
    assert (row["status"], row["status_message"], row["trace_state"]) == (2, "it broke", "ot=th:8")
    assert [Span.Event.FromString(bytes.fromhex(text)) for text in row["events"]] == events
    assert [Span.Link.FromString(bytes.fromhex(text)) for text in row["links"]] == links


def test_every_type_of_point_is_kept(engine: EmbeddedEngine, tmp_path: Path) -> None:
    exemplar = Exemplar(as_double=1.5, trace_id=b"t" * 16)
    explicit = HistogramDataPoint(
        time_unix_nano=unix_ns(T0),
        count=3,
        sum=0,
        min=-1,
        bucket_counts=[1, 2**63, 2],
        explicit_bounds=[5, 10],
        exemplars=[exemplar],
    )
    exponential = ExponentialHistogramDataPoint(
        time_unix_nano=unix_ns(T0),
        count=9,
        scale=-3,
        zero_count=4,
        zero_threshold=0.25,
        positive=ExponentialHistogramDataPoint.Buckets(offset=-2, bucket_counts=[0, 300]),
        negative=ExponentialHistogramDataPoint.Buckets(offset=7, bucket_counts=[1]),
    )
    quantile = SummaryDataPoint.ValueAtQuantile(quantile=0.99, value=120)
    summed = SummaryDataPoint(time_unix_nano=unix_ns(T0), count=4, sum=9.5, quantile_values=[quantile])
    load(
        engine,
        tmp_path,
        metrics(
            resource("cart", scope="lib"),
            gauge("a", point(1.5, flags=1), unit="ms"),
            counter("b", point(2**62 + 1, start=later(-60)), temporality=1),
            Metric(name="c", histogram=Histogram(data_points=[explicit], aggregation_temporality=2)),  # type: ignore[arg-type]
            Metric(name="d", exponential_histogram=ExponentialHistogram(data_points=[exponential])),
            Metric(name="e", summary=Summary(data_points=[summed])),
        ),
    )
    none: dict[str, Any] = {
        "type": "gauge", "temporality": 0, "monotonic": 0, "flags": 0, "value": 0, "value_int": None, "count": 0,
        "sum": None, "min": None, "max": None, "bounds": [], "counts": [], "scale": 0, "zero_count": 0,
        "zero_threshold": 0, "offset": 0, "negative_offset": 0, "negative_counts": [], "quantile_values": [],
        "exemplars": 0,
    }  # fmt: skip
    columns = ", ".join(name for name in none if name != "exemplars")
    rows = engine.query(f"SELECT {columns}, length(exemplars) AS exemplars FROM points ORDER BY metric")
    assert rows == [
        none | {"value": 1.5, "flags": 1},
        none | {"type": "sum", "temporality": 1, "monotonic": 1, "value": float(2**62), "value_int": 2**62 + 1},
        none
        | {"type": "histogram", "temporality": 2, "count": 3, "sum": 0, "min": -1}
        | {"bounds": [5, 10], "counts": [1, 2**63, 2], "exemplars": 1},
        none
        | {"type": "exponential_histogram", "count": 9, "scale": -3, "zero_count": 4, "zero_threshold": 0.25}
        | {"offset": -2, "counts": [0, 300], "negative_offset": 7, "negative_counts": [1]},
        none | {"type": "summary", "count": 4, "sum": 9.5, "bounds": [0.99], "quantile_values": [120]},
    ]
    (row,) = engine.query("SELECT ts, scope, peer, hex(exemplars[1]) AS exemplar FROM points WHERE metric = 'c'")
    assert Exemplar.FromString(bytes.fromhex(row.pop("exemplar"))) == exemplar
    assert row == {"ts": "2026-09-21 10:00:00.000000000", "scope": "lib", "peer": "127.0.0.1:9"}
    assert engine.query("SELECT unit FROM points WHERE metric = 'a'") == [{"unit": "ms"}]
    assert engine.query("SELECT start FROM points WHERE metric = 'b'") == [{"start": "2026-09-21 09:59:00.000000000"}]


def test_a_series_is_told_by_resource_scope_metric_type_and_attributes(engine: EmbeddedEngine, tmp_path: Path) -> None:
    one = counter("a", point(1, attributes={"x": "1"}), point(2, at=later(1), attributes={"x": "1"}))
    others = (counter("a", point(1, attributes={"x": 1})), gauge("a", point(1, attributes={"x": "1"})))
    load(engine, tmp_path, metrics(resource("cart"), one, *others))
    load(engine, tmp_path, metrics(resource("web"), one))
    load(engine, tmp_path, metrics(resource("cart", scope="lib"), one))
    rows = engine.query("SELECT count() AS n FROM points GROUP BY series ORDER BY n")
    assert [row["n"] for row in rows] == [1, 1, 2, 2, 2]


def test_ids_and_times_of_logs_are_kept(engine: EmbeddedEngine, tmp_path: Path) -> None:
    said = log("a", at=later(1), observed=later(2), severity=17, severity_text="ERROR", trace=5, id=6, flags=1)
    unsaid = log("b", observed=later(3))
    unsaid.time_unix_nano = 0
    load(engine, tmp_path, logs(resource("cart"), said, unsaid))
    sql = """SELECT ts, observed, severity, severity_text, lower(hex(trace_id)) AS trace, span_id, flags
        FROM logs ORDER BY ts"""
    assert [tuple(row.values()) for row in engine.query(sql)] == [
        ("2026-09-21 10:00:01.000000000", "2026-09-21 10:00:02.000000000", 17, "ERROR", f"{5:032x}", 6 << 56, 1),
        ("2026-09-21 10:00:03.000000000", "2026-09-21 10:00:03.000000000", 0, "", "0" * 32, 0, 0),
    ]


def test_old_points_and_logs_keep_their_time_and_are_filed_by_the_time_received(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    for late, back_s in ((0, 3600), (1, 30 * 86400), (0, -300), (1, -3600)):
        load(engine, tmp_path, metrics(None, gauge("a", point(back_s, at=later(-back_s)))))
        load(engine, tmp_path, logs(None, log(str(back_s), at=later(-back_s))))
        for table in ("points", "logs"):
            (row,) = engine.query(
                f"SELECT late, ts = {{at:DateTime64(9, 'UTC')}} AS own, bucket = {{bucket:DateTime('UTC')}} AS filed"
                f" FROM {table} WHERE {'value' if table == 'points' else 'toInt64(body)'} = {{id:Int64}}",
                {"at": later(-back_s), "bucket": T0 if late else later(-back_s), "id": back_s},
            )
            assert row == {"late": late, "own": 1, "filed": 1}, (table, back_s)


def test_hostile_times_refuse_nothing(engine: EmbeddedEngine, tmp_path: Path) -> None:
    wild = point(1)
    wild.time_unix_nano = wild.start_time_unix_nano = 2**64 - 1
    said = log("a")
    said.time_unix_nano = 2**64 - 1
    days = [span(id=day + 1, start_ns=day * 86_400_000_000_000) for day in range(300)]
    load(engine, tmp_path, metrics(None, gauge("a", wild)))
    load(engine, tmp_path, logs(None, said))
    load(engine, tmp_path, traces(None, span(id=999, start_ns=2**64 - 1, end_ns=2**64 - 1), *days))
    for table, n in (("points", 1), ("logs", 1), ("spans", 301)):
        assert engine.query(f"SELECT count() AS n FROM {table}") == [{"n": n}], table


def test_a_token_counts_once(engine: EmbeddedEngine, tmp_path: Path) -> None:
    request = traces(resource("cart"), *[span(id=n + 1) for n in range(1000)])
    path = write_segment(tmp_path / "a.seg", [record(request, segment=1)])
    for _ in range(3):
        engine.insert(Signal.TRACES, path, "7-1")
    assert counted(engine) == (1000, 1000)
    engine.insert(Signal.TRACES, path, "7-1/r1")
    assert counted(engine) == (2000, 2000)


def test_identical_segments_under_two_tokens_both_count(engine: EmbeddedEngine, tmp_path: Path) -> None:
    path = write_segment(tmp_path / "a.seg", [record(traces(None, span()))])
    engine.insert(Signal.TRACES, path, "7-1")
    engine.insert(Signal.TRACES, path, "7-2")
    assert counted(engine) == (2, 2)


def test_a_refused_segment_leaves_nothing_and_its_good_half_loads(engine: EmbeddedEngine, tmp_path: Path) -> None:
    good = [record(traces(None, span(id=n + 1))) for n in range(10)]
    whole = write_segment(tmp_path / "whole.seg", [*good, varint(1 << 3 | 2) + b"\x7f"])
    with pytest.raises(Refused):
        engine.insert(Signal.TRACES, whole, "7-1")
    assert counted(engine) == (0, 0)
    engine.insert(Signal.TRACES, write_segment(tmp_path / "half.seg", good), "7-1/r1/0-10")
    assert counted(engine) == (10, 10)


def counted(engine: EmbeddedEngine) -> tuple[int, int]:
    (row,) = engine.query("SELECT (SELECT count() FROM spans) AS spans, (SELECT sum(n) FROM dirty) AS dirty")
    return row["spans"], row["dirty"]


def test_dirty_says_which_buckets_a_segment_touched(engine: EmbeddedEngine, tmp_path: Path) -> None:
    first = traces(resource("cart"), span(id=1), span(id=2, start=later(9.9)), span(id=3, start=later(10)))
    load(engine, tmp_path, merged(first, traces(resource("web"), span(id=4, start=later(11)))), segment=1)
    load(engine, tmp_path, traces(resource("cart"), span(id=5)), segment=2)
    rows = engine.query(
        "SELECT segment, bucket, n FROM dirty WHERE spool = {spool:UInt64} ORDER BY ALL", {"spool": DEFAULT_SPOOL}
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, "2026-09-21 10:00:00", 2),
        (1, "2026-09-21 10:00:10", 2),
        (2, "2026-09-21 10:00:00", 1),
    ]


def test_all_rows_carry_our_fields(engine: EmbeddedEngine, tmp_path: Path) -> None:
    spool, peer = 2**64 - 1, "[2001:db8::1]:4317"
    load(engine, tmp_path, traces(None, span()), spool=spool, segment=2**40)
    load(engine, tmp_path, metrics(None, gauge("a", point(1))), spool=spool, segment=2**40 + 1, peer=peer)
    load(engine, tmp_path, logs(None, log("a")), spool=spool, segment=2**40 + 2, peer=peer)
    for n, table in enumerate(("spans", "points", "logs")):
        assert engine.query(f"SELECT spool, segment FROM {table}") == [{"spool": spool, "segment": 2**40 + n}]
    for table in ("points", "logs"):
        row = {"peer": peer, "received": "2026-09-21 10:00:00.000000000"}
        assert engine.query(f"SELECT peer, received FROM {table}") == [row]


def test_a_resource_is_kept_once_a_day(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for at in (T0, later(60), later(86400)):
        load(engine, tmp_path, traces(resource("cart"), span()), received=at)
    load(engine, tmp_path, logs(resource("cart"), log("a")))
    sql = "SELECT day, count() AS n, uniqExact(resource_id) AS ids FROM resources FINAL GROUP BY day ORDER BY day"
    assert [tuple(row.values()) for row in engine.query(sql)] == [("2026-09-21", 1, 1), ("2026-09-22", 1, 1)]
