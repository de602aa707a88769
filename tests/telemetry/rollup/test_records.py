"""What access logs say of requests: who called whom, how it ended on either side, what counts where."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from telemetry.engine.embedded import EmbeddedEngine, open_embedded
from telemetry.engine.migrate import migrate
from telemetry.rollup import said
from telemetry.rollup.fold import Run, learn_owners
from telemetry.rollup.records import fold_records
from tests.build import T0, key_values, load, log, logs, resource

_ids = count(1)
WEB = {"service.name": "web", "service.namespace": "shop", "service.version": "v3"}
CART = {"service.name": "cart", "service.namespace": "shop", "service.version": "v1", "service.instance.id": "cart-0"}
ADS = {"service.name": "ads", "service.namespace": "shop"}
GATEWAY = {"service.name": "gateway", "service.namespace": "edge", "istio": "ingressgateway"}
Sent = tuple[Mapping[str, Any], LogRecord]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def kept(engine_server: Path) -> Iterator[EmbeddedEngine]:
    engine = open_embedded(engine_server, "records")
    migrate(engine)
    yield engine
    engine.execute("DROP DATABASE records SYNC")
    engine.close()


@pytest.fixture
def mine(kept: EmbeddedEngine) -> EmbeddedEngine:
    """The same, emptied."""
    for table in ("access", "services", "logs", "dirty"):
        kept.execute(f"TRUNCATE TABLE {table}")
    return kept


def record(way: str, cluster: str, *, ms: float = 0, trace: int = 1, took: int = 10, **said: str) -> LogRecord:
    """A request of 200 whose host was chosen and answered, unless said otherwise."""
    attributes = {
        "traffic_direction": way,
        "upstream_cluster": cluster,
        "upstream_host": "10.0.0.1:80",
        "response_code": "200",
        "response_flags": "-",
        "response_code_details": "via_upstream",
        "method": "GET",
        "path": "/x",
        "duration": str(took),
    }
    made = log(attributes=attributes | said, at=T0 + timedelta(milliseconds=ms), trace=trace)
    made.span_id = next(_ids).to_bytes(8, "big")
    return made


def out(cluster: str = "cart", **said: Any) -> LogRecord:
    return record("outbound", cluster, **said)


def into(**said: Any) -> LogRecord:
    return record("inbound", "inbound|80||", **{"ms": 1, **said})


def say(
    engine: EmbeddedEngine,
    folder: Path,
    *sent: Sent,
    known: Sequence[Mapping[str, Any]] = (WEB, CART),
    settled: bool = True,
) -> Rows:
    """What `fold_said` has of these records, of two buckets from T0. `known`: who wrote records long ago."""
    requests = [logs(resource(attributes=who), one) for who, one in sent]
    before = [logs(resource(attributes=who), into(ms=-3_600_000)) for who in known]
    load(engine, folder, *requests, *before, finished=False)
    return folded(engine, T0, T0 + timedelta(seconds=10), T0 + timedelta(seconds=100 if settled else -10))


def folded(engine: EmbeddedEngine, since: datetime, until: datetime, settled: datetime) -> Rows:
    learn_owners(engine)
    said.empty(engine)
    fold_records(engine, Run(since, until, settled, 1))
    return engine.query(
        "SELECT toUnixTimestamp(bucket) AS at, * EXCEPT (bucket, failing_traces),"
        " arrayMap(t -> hex(t), failing_traces) AS traces"
        " FROM fold_said ORDER BY ALL"
    )


def rows(found: Rows, side: str, *columns: str) -> list[tuple[Any, ...]]:
    """Of one side, less those that count nothing but a flag of the node."""
    return [
        tuple(row[column] for column in columns)
        for row in found
        if row["side"] == side and (row["n"] or row["connections"])
    ]


def test_a_call_counts_once_on_each_side(mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(took=12)), (CART, into(took=9, path="/carts/17")))
    assert rows(found, "client", "source", "target", "n", "class", "code", "duration_ms", "source_version") == [
        ("shop/web", "shop/cart", 1, "ok", "200", 12, "v3")
    ]
    assert rows(found, "server", "source", "target", "n", "version", "instance", "operation", "duration_ms") == [
        ("shop/web", "shop/cart", 1, "v1", "cart-0", "GET /carts/{id}", 9)
    ]
    assert {(row["dialect"], row["rank"]) for row in found} == {("logs", 40)}
    assert mine.query("SELECT dialect, node FROM fold_servers") == [{"dialect": "logs", "node": "shop/cart"}]


def test_one_timeout_has_one_verdict(mine: EmbeddedEngine, tmp_path: Path) -> None:
    """UT at the caller and DC below it are one timeout (envoy-real.md §3.2): an error twice, no cancellation."""
    timeout = out(response_code="504", response_flags="UT", response_code_details="response_timeout")
    left = into(response_code="0", response_flags="DC", response_code_details="downstream_remote_disconnect")
    found = say(mine, tmp_path, (WEB, timeout), (CART, left))
    assert rows(found, "client", "class", "code", "flags", "arrived") == [("error", "504", "UT", 1)]
    assert rows(found, "server", "class", "code", "flags") == [("error", "", "")]


def test_a_client_that_left_is_cancelled_and_its_flag_counts_once_an_edge(mine: EmbeddedEngine, tmp_path: Path) -> None:
    gone = {"response_code": "0", "response_flags": "DC", "response_code_details": "downstream_remote_disconnect"}
    found = say(mine, tmp_path, (WEB, out(**gone)), (CART, into(**gone)))
    assert rows(found, "client", "class", "flags", "flag_n") == [("cancelled", "DC", 1)]
    assert rows(found, "server", "class", "flags", "flag_n") == [("cancelled", "", 0)]
    aside = [(r["source"], r["target"], r["flags"], r["flag_n"], r["n"]) for r in found if not r["n"]]
    assert aside == [("", "shop/cart", "DC", 1, 0)], "the node's own"


def test_flags_stand_on_the_side_where_they_arose(mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(response_code="503")), (CART, into(response_code="503", response_flags="UC")))
    assert rows(found, "client", "class", "flags") == [("error", "")]
    assert rows(found, "server", "class", "flags", "flag_n") == [("error", "UC", 1)]


def test_a_retried_request_is_one_and_each_attempt_counts_at_the_called(mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(
        mine,
        tmp_path,
        (WEB, out(upstream_request_attempt_count="2")),
        (CART, into(ms=1, response_code="503")),
        (CART, into(ms=6)),
        (WEB, out(trace=2, upstream_request_attempt_count="1")),
        (CART, into(trace=2)),
    )
    assert rows(found, "client", "n", "attempts", "retry_success", "class") == [(2, 3, 1, "ok")]
    assert sorted(rows(found, "server", "source", "class", "n")) == [("shop/web", "error", 1), ("shop/web", "ok", 2)]


def test_only_the_last_attempt_takes_its_callers_verdict(mine: EmbeddedEngine, tmp_path: Path) -> None:
    gave_up = out(response_code="504", response_flags="UT,URX", upstream_request_attempt_count="2")
    found = say(mine, tmp_path, (WEB, gave_up), (CART, into(ms=1)), (CART, into(ms=6)))
    assert sorted(rows(found, "server", "class", "n")) == [("error", 1), ("ok", 1)]


@pytest.mark.parametrize(
    ("said", "arrived"),
    [
        pytest.param(
            {"response_flags": "UH", "upstream_host": "-", "response_code_details": "no_healthy_upstream"},
            0,
            id="no host",
        ),
        pytest.param({"response_flags": "UO"}, 1, id="a full breaker of retries"),
        pytest.param(
            {"response_flags": "UC", "response_code_details": "x{connection_termination}"},
            0,
            id="cut off, and nobody answered",
        ),
    ],
)
def test_whether_it_arrived(said: dict[str, str], arrived: int, mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(response_code="503", **said)))
    assert rows(found, "client", "class", "arrived", "peer") == [("error", arrived, "cart")]


def test_what_was_cut_off_and_answered_did_arrive(mine: EmbeddedEngine, tmp_path: Path) -> None:
    cut = {"response_code": "503", "response_flags": "UC", "response_code_details": "x{connection_termination}"}
    found = say(mine, tmp_path, (WEB, out(**cut)), (CART, into(response_code="0", response_flags="DC")))
    assert rows(found, "client", "arrived") == [(1,)]


def test_request_ids_join_where_nothing_is_traced(mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(trace=0, request_id="r-1")), (CART, into(trace=0, request_id="r-1")))
    assert rows(found, "server", "source") == [("shop/web",)]


def test_without_any_id_callers_make_the_edge_and_the_called_its_node(mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(trace=0)), (CART, into(trace=0)))
    assert rows(found, "client", "source", "peer") == [("shop/web", "cart")]
    assert rows(found, "server", "source", "target") == [("", "shop/cart")]


@pytest.mark.parametrize(
    ("san", "settled", "source"),
    [
        pytest.param("-", True, "-/unknown", id="nobody knows who called"),
        pytest.param("-", False, "", id="the caller's record may be on its way"),
        pytest.param("spiffe://mesh/ns/shop/sa/web", True, "shop/web", id="a certificate names a known service"),
        pytest.param("spiffe://mesh/ns/shop/sa/robot", True, "-/unknown", id="a certificate names nobody known"),
    ],
)
def test_a_caller_without_records(san: str, settled: bool, source: str, mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (CART, into(downstream_peer_uri_san=san)), settled=settled)
    assert rows(found, "server", "source", "source_identity") == [(source, "" if san == "-" else san)]


def test_a_gateway_is_where_requests_enter(mine: EmbeddedEngine, tmp_path: Path) -> None:
    """One record is of what came in and of what went out; a scanner's 404 is the client's fault and calls nobody."""
    scanned = {"response_code": "404", "response_flags": "NR", "response_code_details": "route_not_found"}
    found = say(
        mine,
        tmp_path,
        (GATEWAY, out("web", authority="shop.example.com")),
        (WEB, into()),
        (GATEWAY, out("-", trace=2, upstream_host="-", authority="shop.example.com", **scanned)),
    )
    assert rows(found, "client", "source", "target", "code") == [("edge/gateway", "shop/web", "200")]
    assert sorted(rows(found, "server", "source", "target", "class", "code")) == [
        ("", "edge/gateway", "client_error", "404"),
        ("", "edge/gateway", "ok", "200"),
        ("edge/gateway", "shop/web", "ok", "200"),
    ]


def test_a_sidecar_without_a_route_to_a_known_service_is_at_fault(mine: EmbeddedEngine, tmp_path: Path) -> None:
    lost = {"response_code": "404", "response_flags": "NR", "upstream_host": "-", "authority": "cart:80"}
    found = say(mine, tmp_path, (WEB, out("-", **lost)))
    assert rows(found, "client", "peer", "class", "arrived") == [("cart", "error", 0)]


def test_tcp_counts_connections_and_bytes(mine: EmbeddedEngine, tmp_path: Path) -> None:
    whole = log(at=T0)
    told = {"traffic_direction": "outbound", "upstream_cluster": "redis", "upstream_host": "10.0.0.1:1"}
    whole.attributes.extend(key_values(told | {"response_flags": "-", "bytes_received": "5", "bytes_sent": "7"}))
    found = say(mine, tmp_path, (WEB, whole), (WEB, whole))
    columns = ("peer", "protocol", "n", "connections", "bytes_in", "bytes_out", "class", "latency", "attempts")
    assert rows(found, "client", *columns) == [("redis", "tcp", 0, 2, 10, 14, "ok", {}, None)]


def test_a_record_sent_twice_counts_once(mine: EmbeddedEngine, tmp_path: Path) -> None:
    one, other = out(), into()
    found = say(mine, tmp_path, (WEB, one), (WEB, one), (CART, other), (CART, other))
    assert rows(found, "client", "n") == rows(found, "server", "n") == [(1,)]


def test_a_call_over_a_border_belongs_to_two_buckets(mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(ms=9_999)), (CART, into(ms=10_000)))
    at = int(T0.timestamp())
    assert rows(found, "client", "at", "target") == [(at, "shop/cart")]
    assert rows(found, "server", "at", "source") == [(at + 10, "shop/web")]


@pytest.mark.parametrize(
    ("of_web", "of_ads"),
    [
        pytest.param({"path": "/a"}, {"path": "/b"}, id="by operation"),
        pytest.param({"san": "web"}, {"san": "ads"}, id="by certificate"),
        pytest.param({}, {"ms": 5}, id="by time"),
    ],
)
def test_two_callers_in_one_trace(
    of_web: dict[str, Any], of_ads: dict[str, Any], mine: EmbeddedEngine, tmp_path: Path
) -> None:
    def ends(of: dict[str, Any], code: str) -> tuple[LogRecord, LogRecord]:
        made = {"path": of.get("path", "/x"), "ms": of.get("ms", 0)}
        san = f"spiffe://mesh/ns/shop/sa/{of['san']}" if "san" in of else "-"
        entered = into(**(made | {"ms": made["ms"] + 2}), downstream_peer_uri_san=san, response_code=code)
        return out(**made), entered

    (web, at_cart), (ads, also_at_cart) = ends(of_web, "201"), ends(of_ads, "202")
    found = say(mine, tmp_path, (WEB, web), (ADS, ads), (CART, at_cart), (CART, also_at_cart), known=(WEB, CART, ADS))
    assert sorted(rows(found, "server", "source", "code")) == [("shop/ads", "202"), ("shop/web", "201")]


def test_mtls_is_of_what_reached_a_host(mine: EmbeddedEngine, tmp_path: Path) -> None:
    mutual = {"upstream_peer_uri_san": "spiffe://mesh/ns/shop/sa/cart", "upstream_tls_version": "TLSv1.3"}
    never = {"response_code": "503", "response_flags": "UO", "upstream_host": "-", "upstream_tls_version": "-"}
    found = say(mine, tmp_path, (WEB, out(**mutual)), (WEB, out(trace=2, **never)), (WEB, out("mail", trace=3)))
    shares = {
        (row["peer"], row["code"]): (row["mutual_tls"], row["reached"]) for row in found if row["side"] == "client"
    }
    assert shares == {("cart", "200"): (1, 1), ("cart", "503"): (None, None), ("mail", "200"): (None, None)}


def test_a_subset_is_the_version_that_was_called(mine: EmbeddedEngine, tmp_path: Path) -> None:
    cluster = "outbound|80|v2|cart.shop.svc.cluster.local"
    found = say(mine, tmp_path, (WEB, out(cluster)), (CART, into()))
    assert rows(found, "client", "target", "version") == [("shop/cart", "v2")]


@pytest.mark.parametrize(
    ("cluster", "authority", "peer"),
    [
        pytest.param("cart_v1", "cart:80", "cart", id="a cluster of a name of its own"),
        pytest.param("cart", "shop.example.com", "cart", id="a known cluster under a public host"),
        pytest.param("mail_out", "mail.example.com", "mail_out", id="neither known"),
    ],
)
def test_who_is_called(cluster: str, authority: str, peer: str, mine: EmbeddedEngine, tmp_path: Path) -> None:
    found = say(mine, tmp_path, (WEB, out(cluster, authority=authority)))
    assert rows(found, "client", "peer") == [(peer,)]


def test_examples_are_the_newest_failures(mine: EmbeddedEngine, tmp_path: Path) -> None:
    failed = [(WEB, out(ms=n, trace=n, response_code="500")) for n in range(1, 8)]
    (row,) = say(mine, tmp_path, *failed)
    assert [int(trace, 16) for trace in row["traces"]] == [7, 6, 5, 4, 3]
    assert row["n"] == 7


@st.composite
def any_record(draw: st.DrawFn) -> Sent:
    who = draw(st.sampled_from([WEB, CART, ADS, GATEWAY, {}]))
    common = {
        "ms": draw(st.integers(0, 6)) * 5_000 + draw(st.integers(0, 3)),
        "trace": draw(st.integers(0, 3)),
        "response_code": draw(st.sampled_from(["200", "0", "503"])),
        "response_flags": draw(st.sampled_from(["-", "DC", "UT", "UC"])),
        "response_code_details": draw(st.sampled_from(["-", "via_upstream"])),
        "path": draw(st.sampled_from(["/a", "/b"])),
        "downstream_peer_uri_san": draw(st.sampled_from(["-", "spiffe://mesh/ns/shop/sa/ads"])),
    }
    if draw(st.booleans()):
        return who, into(**common)
    return who, out(draw(st.sampled_from(["cart", "web", "mail.example.com", "waypoint"])), **common)


@settings(max_examples=25, deadline=None)
@given(sent=st.lists(any_record(), min_size=1, max_size=40))
def test_any_cut_into_runs_says_the_same(
    sent: list[Sent], kept: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept.execute("TRUNCATE TABLE access")
    load(
        kept,
        tmp_path_factory.mktemp("cut"),
        *(logs(resource(attributes=who), one) for who, one in sent),
        finished=False,
    )
    buckets = [T0 + timedelta(seconds=10 * n) for n in range(4)]
    whole = folded(kept, buckets[0], buckets[-1], buckets[2])
    apart = [row for bucket in buckets for row in folded(kept, bucket, bucket, buckets[2])]
    assert sorted(map(repr, apart)) == sorted(map(repr, whole))
    entered = kept.query("SELECT countIf(role = 'in' OR gateway) AS n FROM access WHERE node != '-/unknown'")[0]["n"]
    assert sum(row["n"] + (row["connections"] or 0) for row in whole if row["side"] == "server") == entered
