"""Of what several dialects say of a pair one counts in a bucket; a live counter is read where it has been covered."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Row as StoredRow
from telemetry.observed import EdgeRow, Observed
from telemetry.rollup import read
from telemetry.window import Window
from tests.build import T0, later
from tests.plain.chosen import Row, counting

RANKS = {"istio": 10, "logs": 40, "envoy": 50, "": 90}


def edge(at_s: int, dialect: str, requests: float, *, until_s: float | None = None, **more: object) -> StoredRow:
    row: StoredRow = {
        "bucket": later(at_s),
        "source": "shop/web",
        "target": "shop/cart",
        "protocol": "http",
        "dialect": dialect,
        "generation": 1,
        "rank": RANKS[dialect],
        "requests": requests,
        "codes": {"200": requests},
        "latency": {"8": int(requests)},
        "source_kind": "service",
        "target_kind": "service",
    }
    if until_s is not None:
        row |= {"until": later(until_s), "interval_s": 15.0}
    return row | more


def node(at_s: int, dialect: str, requests: float, *, until_s: float | None = None) -> StoredRow:
    row: StoredRow = {
        "bucket": later(at_s),
        "node": "shop/cart",
        "dialect": dialect,
        "generation": 1,
        "rank": RANKS[dialect],
        "requests": requests,
        "kind": "service",
        "last_request": later(at_s),
    }
    return row | ({} if until_s is None else {"until": later(until_s), "interval_s": 15.0})


def seen(engine: EmbeddedEngine, at: datetime, window_s: float = 60.0) -> Observed:
    return read.window(engine, Window.ending(at, window_s))


def only_edge(engine: EmbeddedEngine, at: datetime, window_s: float = 60.0) -> EdgeRow:
    (found,) = seen(engine, at, window_s).edges
    return found


def test_metrics_count_and_spans_of_the_same_calls_add_nothing(engine: EmbeddedEngine) -> None:
    buckets = range(0, 60, 10)
    engine.insert_rows(
        "edges_10s",
        [edge(at, "istio", 20, until_s=60) for at in buckets] + [edge(at, "", 2, flags={"UH": 1.0}) for at in buckets],
    )
    found = only_edge(engine, later(60))
    assert found.counts.requests == 120
    assert found.counts.flags == {"UH": 6}
    assert found.evidence == ("metrics", "spans")


def test_a_counter_is_read_where_its_newest_point_ends(engine: EmbeddedEngine) -> None:
    """The newest 20 s are empty until the next point comes: the rate must not fall for it, nor spans fill in."""
    buckets = range(0, 80, 10)
    engine.insert_rows("edges_10s", [edge(at, "istio", 20, until_s=82) for at in buckets])
    engine.insert_rows("edges_10s", [edge(at, "", 3) for at in range(0, 100, 10)])
    assert only_edge(engine, later(100)).counts.requests == 120


def test_a_window_that_begins_inside_a_bucket_takes_its_part(engine: EmbeddedEngine) -> None:
    engine.insert_rows("edges_10s", [edge(at, "istio", 20, until_s=80) for at in range(0, 80, 10)])
    # 65 s that end at 80: the last 5 s of the bucket at 10, and the six that follow.
    assert only_edge(engine, later(95), window_s=60).counts.requests == 20 * 6.5


def test_a_silent_counter_gives_way_to_spans_after_two_intervals(engine: EmbeddedEngine) -> None:
    engine.insert_rows("edges_10s", [edge(at, "istio", 20, until_s=60) for at in range(0, 60, 10)])
    engine.insert_rows("edges_10s", [edge(at, "", 3) for at in range(0, 120, 10)])
    assert only_edge(engine, later(90)).counts.requests == 120
    after = only_edge(engine, later(110))
    assert after.counts.requests == 20 + 5 * 3
    assert only_edge(engine, later(120)).counts.requests == 6 * 3


def test_logs_hold_a_quiet_bucket_but_not_a_quiet_minute(engine: EmbeddedEngine) -> None:
    engine.insert_rows("edges_10s", [edge(0, "logs", 5), edge(10, "", 1), edge(20, "", 1), edge(30, "", 1)])
    assert only_edge(engine, later(40), window_s=40).counts.requests == 5 + 1


def test_a_counter_shares_its_difference_with_buckets_that_logs_know_to_be_empty(engine: EmbeddedEngine) -> None:
    logs = [edge(30, "logs", 6), edge(40, "logs", 4)]
    engine.insert_rows("edges_10s", logs + [edge(at, "envoy", 2.5, until_s=60) for at in (10, 20, 30, 40, 50)])
    found = only_edge(engine, later(60))
    assert found.counts.requests == 10
    assert found.evidence == ("logs", "stats")


def test_tcp_and_requests_of_a_pair_are_two_layers(engine: EmbeddedEngine) -> None:
    tcp = edge(0, "logs", 0, connections=7.0, bytes_in=70.0) | {"protocol": "tcp", "codes": {}, "latency": {}}
    engine.insert_rows("edges_10s", [tcp, edge(0, "", 4) | {"protocol": "db"}])
    found = only_edge(engine, later(10), window_s=10)
    assert (found.counts.requests, found.counts.connections) == (4, 7)
    assert found.protocols == ("db", "tcp")


def test_nodes_choose_as_edges_do(engine: EmbeddedEngine) -> None:
    engine.insert_rows("nodes_10s", [node(at, "istio", 10, until_s=60) for at in range(-10, 60, 10)])
    engine.insert_rows("nodes_10s", [node(at, "", 1) for at in range(0, 80, 10)])
    (found,) = seen(engine, later(75)).nodes
    assert found.counts.requests == 65
    (found,) = seen(engine, later(130)).nodes
    assert found.counts.requests == 1


rows = st.lists(
    st.builds(
        lambda bucket, dialect, protocol, requests: Row(
            bucket * 10, dialect, RANKS[dialect], protocol, RANKS[dialect] in (10, 50), requests
        ),
        st.integers(0, 8),
        st.sampled_from(sorted(RANKS)),
        st.sampled_from(["http", "grpc", "tcp"]),
        st.integers(1, 9),
    ),
    max_size=14,
    unique_by=lambda row: (row.bucket, row.dialect, row.protocol),
)
COUNTED = """SELECT toUnixTimestamp(bucket) AS at, protocol, dialect
FROM edges_counted(since = {since:DateTime('UTC')}, until = {until:DateTime64(9, 'UTC')}) WHERE counts"""


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_what_counts_is_as_the_plain_reference_says(engine: EmbeddedEngine, told: list[Row]) -> None:
    engine.execute("TRUNCATE TABLE edges_10s")
    engine.insert_rows(
        "edges_10s",
        [
            edge(row.bucket, row.dialect, row.requests, until_s=200.0 if row.counter else None)
            | {"protocol": row.protocol}
            for row in told
        ],
    )
    found = engine.query(COUNTED, {"since": T0, "until": T0 + timedelta(minutes=5)})
    start = int(T0.timestamp())
    assert {(int(row["at"]) - start, row["protocol"], row["dialect"]) for row in found} == counting(told)
