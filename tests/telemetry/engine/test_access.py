"""Access logs in normal form: what each record means, and that the views say what their slow twin says."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from telemetry.engine.embedded import EmbeddedEngine, open_embedded
from telemetry.engine.migrate import migrate
from tests.build import T0, load, log, logs, resource, unix_ns
from tests.plain.access import Access, access
from tests.telemetry.engine.any_sender import CLUSTERS, HOSTS, NAMES

_numbers = count(2_000_000)
COLUMNS = ", ".join(
    {
        "bucket": "toUnixTimestamp(bucket) AS bucket",
        "ts": "toUnixTimestamp64Nano(ts) AS ts",
        "trace_id": "hex(trace_id) AS trace_id",
    }.get(f.name, f.name)
    for f in fields(Access)
)
CART = {"service.name": "cart", "service.namespace": "shop", "service.version": "v1", "service.instance.id": "cart-0"}
OUT = {
    "traffic_direction": "outbound",
    "method": "GET",
    "path": "/stock/17?x=1",
    "protocol": "HTTP/1.1",
    "response_code": "200",
    "response_flags": "-",
    "response_code_details": "via_upstream",
    "upstream_cluster": "outbound|8080|v1|stock.pay.svc.cluster.local",
    "upstream_host": "10.0.0.9:8080",
    "authority": "stock.pay:8080",
    "duration": "12",
    "bytes_received": "3",
    "bytes_sent": "40",
    "upstream_request_attempt_count": "2",
    "upstream_tls_version": "TLSv1.3",
    "upstream_peer_uri_san": "spiffe://mesh/ns/pay/sa/stock",
    "upstream_local_uri_san": "spiffe://mesh/ns/shop/sa/cart",
    "downstream_tls_version": "-",
    "downstream_peer_uri_san": "-",
    "request_id": "r-1",
}
IN = OUT | {
    "traffic_direction": "inbound",
    "upstream_cluster": "inbound|8080||",
    "downstream_tls_version": "TLSv1.3",
    "downstream_peer_uri_san": "spiffe://mesh/ns/edge/sa/web",
    "upstream_tls_version": "-",
    "upstream_peer_uri_san": "-",
}
ISTIO_TEXT = (
    '[2026-09-21T10:00:00.123Z] "GET /stock/17 HTTP/1.1" 503 UF upstream_reset_before_response_started'
    '{remote_connection_failure} - "delayed connect error" 1 91 20 - "10.1.1.1" "curl/8 (x)" "r-2" "stock.pay:8080"'
    ' "10.0.0.9:8080" outbound|8080||stock.pay.svc.cluster.local 10.0.0.1:4 10.0.0.9:8080 10.0.0.1:3 - default'
)
ENVOY_TEXT = (
    '[2026-09-21T10:00:00.123Z] "POST /a b HTTP/2" 200 - 1 91 20 19 "-" "grpc" "r-3" "stock.pay:8080" "10.0.0.9:8080"'
)
KUMA_TEXT = (
    '[2026-09-21T10:00:00.123Z] default "GET /stock HTTP/1.1" 200 - 1 91 20 19 "-" "curl" "-" "r-4" "stock.mesh"'
    ' "web_shop_svc_80" "stock_pay_svc_8080" "10.0.0.1" "10.0.0.9:8080"'
)
BUILTIN = {"log_name": "mesh", "zone_name": "", "cluster_name": "cart", "node_name": "cart-v1-0"}
ISTIO_NODE = {
    "node_name": "sidecar~10.0.0.1~cart-7d9f8b6c5d-x2x4z.shop~shop.svc.cluster.local",
    "cluster_name": "cart.shop",
}


@dataclass(frozen=True)
class Case:
    """`means`: columns and what they must be; those not named are as the twin says. None: no row."""

    situation: str
    attributes: Mapping[str, Any]
    means: Mapping[str, Any] | None
    sender: Mapping[str, Any] = field(default_factory=lambda: CART)
    body: Any = ""
    start: int = unix_ns(T0)

    def record(self) -> LogRecord:
        made = log(self.body, attributes=self.attributes, trace=7, id=9)
        made.time_unix_nano = self.start
        return made


CASES = (
    Case(
        "a call out",
        OUT,
        {"node": "shop/cart", "version": "v1", "instance": "cart-0", "role": "out", "peer": "stock", "peer_ns": "pay"}
        | {"peer_kind": "service", "protocol": "http", "code": 200, "arrived": 1, "duration": 12_000_000, "attempts": 2}
        | {"tls": "mutual", "peer_identity": "spiffe://mesh/ns/pay/sa/stock", "bytes_in": 3, "bytes_out": 40}
        | {"own_identity": "spiffe://mesh/ns/shop/sa/cart", "operation": "GET /stock/{id}", "request_id": "r-1"},
    ),
    Case(
        "a call in",
        IN,
        {"role": "in", "peer": "", "caller": "web", "caller_ns": "edge", "tls": "mutual"},
    ),
    Case("the side by the cluster alone", IN | {"traffic_direction": ""}, {"role": "in"}),
    Case(
        "the side of a call out by the cluster alone", OUT | {"traffic_direction": ""}, {"role": "out", "peer": "stock"}
    ),
    Case("values in a body that is a list", {}, {"peer": "stock", "code": 200, "node": "shop/cart"}, body=OUT),
    Case(
        "values in a body of JSON, numbers as such",
        {"traffic_direction": "outbound"},
        {"peer": "stock", "code": 503, "duration": 7_000_000, "flags": "UF"},
        body=json.dumps(OUT | {"response_code": 503, "duration": 7, "response_flags": "UF"}),
    ),
    Case(
        "Istio's text",
        {},
        {
            "role": "out",
            "peer": "stock",
            "peer_ns": "pay",
            "code": 503,
            "flags": "UF",
            "arrived": 0,
            "duration": 20_000_000,
        }
        | {"bytes_in": 1, "bytes_out": 91, "operation": "GET /stock/{id}", "request_id": "r-2", "attempts": 255},
        body=ISTIO_TEXT,
    ),
    Case("Istio's text with its line end", {}, {"code": 503, "request_id": "r-2"}, body=ISTIO_TEXT + "\n"),
    Case(
        "Envoy's text, and labels beside it",
        {"traffic_direction": "outbound", "upstream_cluster": "stock"},
        {"peer": "stock", "peer_ns": "", "code": 200, "operation": "POST /a b", "request_id": "r-3"},
        body=ENVOY_TEXT,
    ),
    Case(
        "Kuma's text names both ends",
        {},
        {"node": "shop/web", "role": "out", "peer": "stock", "peer_ns": "pay", "code": 200},
        sender={},
        body=KUMA_TEXT,
    ),
    Case("a start that only the text says", {}, {"ts": unix_ns(T0) + 123_000_000}, body=ISTIO_TEXT, start=0),
    Case("Envoy's builtin labels", OUT, {"node": "-/cart", "instance": "cart-v1-0", "version": ""}, sender=BUILTIN),
    Case("Istio's node id", OUT, {"node": "shop/cart", "instance": "cart-7d9f8b6c5d-x2x4z"}, sender=ISTIO_NODE),
    Case("a home cluster", OUT, {"node": "shop/cart"}, sender=CART | {"k8s.cluster.name": "Kubernetes"}),
    Case("another cluster", OUT, {"node": "lab:shop/cart"}, sender=CART | {"k8s.cluster.name": "lab"}),
    Case("nothing but the own certificate", OUT, {"node": "shop/cart"}, sender={}),
    Case(
        "nothing but the name that TLS asked for",
        IN | {"upstream_local_uri_san": "-", "requested_server_name": "outbound_.8080_._.stock.pay.svc.cluster.local"},
        {"node": "pay/stock", "role": "in"},
        sender={},
    ),
    Case("nobody", OUT | {"upstream_local_uri_san": "-"}, {"node": "-/unknown", "peer": "stock"}, sender={}),
    Case(
        "an Istio gateway",
        OUT,
        {"gateway": True, "role": "out"},
        sender={"node_name": "router~1.1.1.1~gw-1.edge~edge.svc"},
    ),
    Case(
        "a waypoint",
        OUT | {"upstream_cluster": "inbound-vip|8080|http|stock.pay.svc.cluster.local", "traffic_direction": "inbound"},
        {"role": "relay", "peer": "stock", "peer_ns": "pay"},
    ),
    Case(
        "a gateway told inbound goes to another service",
        IN | {"upstream_cluster": "web"},
        {"role": "in", "peer": "web", "peer_kind": "service"},
    ),
    Case(
        "passed through",
        OUT | {"upstream_cluster": "PassthroughCluster"},
        {"peer": "stock.pay", "peer_kind": "external"},
    ),
    Case(
        "passed through to an address",
        OUT | {"upstream_cluster": "PassthroughCluster", "authority": "10.0.0.9:80"},
        {"peer": "ip of cart", "peer_kind": "external"},
    ),
    Case(
        "gRPC by number",
        OUT | {"grpc_status_number": "14", "path": "/shop.Reco/Suggest", "method": "POST"},
        {"protocol": "grpc", "grpc": 14, "operation": "shop.Reco/Suggest"},
    ),
    Case("gRPC by name", OUT | {"grpc_status": "Unknown"}, {"protocol": "grpc", "grpc": 2}),
    Case(
        "gRPC cut off before its trailers",
        OUT | {"grpc_status": "-", "path": "/shop.Reco/Suggest", "method": "POST", "protocol": "HTTP/2"},
        {"protocol": "grpc", "grpc": -1},
    ),
    Case(
        "a TCP connection",
        {
            key: OUT[key]
            for key in ("traffic_direction", "response_flags", "upstream_cluster", "upstream_host", "bytes_sent")
        },
        {"protocol": "tcp", "code": 0, "arrived": 1, "bytes_out": 40, "operation": "", "duration": 2**64 - 1},
    ),
    Case(
        "a breaker of retries: it did arrive",
        OUT | {"response_code": "503", "response_flags": "UO"},
        {"arrived": 1, "flags": "UO"},
    ),
    Case(
        "a breaker of pending requests: it did not",
        OUT | {"response_flags": "UO", "upstream_host": "-", "response_code_details": "x{overflow}"},
        {"arrived": 0},
    ),
    Case(
        "a termination says nothing of it",
        OUT | {"response_flags": "UC", "response_code_details": "x"},
        {"arrived": -1},
    ),
    Case("plaintext", OUT | {"upstream_peer_uri_san": "-", "upstream_tls_version": "-"}, {"tls": "plain"}),
    Case("no word on TLS", {key: OUT[key] for key in OUT if "tls" not in key and "san" not in key}, {"tls": "unknown"}),
    Case("a route that is a path", OUT | {"route_name": "/stock/:id"}, {"operation": "GET /stock/:id"}),
    Case(
        "a path of any length",
        OUT | {"path": "/users/0f3a-11/orders/2026-09-21/lines"},
        {"operation": "GET /users/{id}/orders/*"},
    ),
    Case("an application's log", {"response_code": 200, "path": "/x"}, None),
    Case("a line of text", {}, None, body="started"),
    Case("broken JSON", {}, None, body='{"response_flags": "-"'),
    Case("a probe", IN | {"user_agent": "kube-probe/1.31"}, None),
    Case("the control plane", OUT | {"upstream_cluster": "xds-grpc"}, None),
    Case("too old", OUT, None, start=unix_ns(T0) - 48 * 3600 * 10**9),
    Case("from the future", OUT, None, start=unix_ns(T0) + 601 * 10**9),
)


@pytest.fixture(scope="module")
def kept(engine_server: Path) -> Iterator[EmbeddedEngine]:
    """One database for the whole file: every test has a segment of its own in it."""
    engine = open_embedded(engine_server, "access")
    migrate(engine)
    yield engine
    engine.execute("DROP DATABASE access SYNC")
    engine.close()


Sent = tuple[LogRecord, Mapping[str, Any]]


def stored(engine: EmbeddedEngine, folder: Path, sent: Sequence[Sent]) -> dict[int, Access]:
    """What the table has of these records, by their place in the list: each is sent under it as its span id."""
    requests = []
    for place, (one, who) in enumerate(sent):
        one.span_id = place.to_bytes(8, "little")
        requests.append(logs(resource(attributes=who), one))
    number = load(engine, folder, *requests, segment=next(_numbers), finished=False)
    rows = engine.query(f"SELECT {COLUMNS} FROM access WHERE segment = {number}")
    return {
        row["span_id"]: Access(**row | {"trace_id": bytes.fromhex(row["trace_id"]), "gateway": bool(row["gateway"])})
        for row in rows
    }


def expected(sent: Sequence[Sent]) -> dict[int, Access]:
    rows = {
        place: access(one, resource(attributes=who).resource, received=unix_ns(T0))
        for place, (one, who) in enumerate(sent)
    }
    return {place: row for place, row in rows.items() if row is not None}


@pytest.fixture(scope="module")
def rows_by_case(kept: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Access | None]:
    sent = [(case.record(), case.sender) for case in CASES]
    rows = stored(kept, tmp_path_factory.mktemp("cases"), sent)
    assert rows == expected(sent)
    return {case.situation: rows.get(place) for place, case in enumerate(CASES)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.situation.replace(" ", "-"))
def test_what_a_record_means(case: Case, rows_by_case: dict[str, Access | None]) -> None:
    row = rows_by_case[case.situation]
    said = None if row is None or case.means is None else {column: getattr(row, column) for column in case.means}
    assert (said if row else None) == case.means


SANS = [
    "-",
    "",
    "spiffe://mesh/ns/shop/sa/web",
    "spiffe://mesh/ns/shop/sa/default",
    "spiffe://mesh/ns/shop/sa/web,spiffe://other",
    "spiffe://mesh/web_shop_svc_80",
    "spiffe://mesh/ns/shop/dc/one/svc/web",
    "https://x",
]
VALUES = {
    "traffic_direction": ["inbound", "outbound", "OUTBOUND", "-", ""],
    "response_code": ["200", "0", "503", "429", "99999", "-", " 404 ", "x"],
    "response_flags": ["-", "", "UF", "UF,URX", "DC", "UT", "NR", "ZZ"],
    "response_code_details": ["-", "via_upstream", "route_not_found", "x{overflow}", "rbac_access_denied_x", "y" * 300],
    "upstream_cluster": CLUSTERS,
    "upstream_host": ["-", "10.0.0.1:80", ""],
    "authority": HOSTS,
    "requested_server_name": ["-", "outbound_.80_.v1_.cart.shop.svc.cluster.local", "outbound_.x", "cart.shop"],
    "method": ["GET", "POST", "-", ""],
    "path": [
        "/",
        "/a/b/c/d",
        "/a.B/C",
        "/users/17",
        "/u/x@y/%20",
        "/a?b#c",
        "*",
        "",
        "-",
        "//x",
        "/ü/1234",
        "/" + "q" * 40,
    ],
    "protocol": ["HTTP/2", "HTTP/1.1", "-"],
    "duration": ["0", "12", "1.5", "-", "", "x", "1e9", "99999999999999"],
    "bytes_received": ["0", "7", "-", "9" * 30],
    "grpc_status": ["-", "0", "14", "Unavailable", "Unknown", "nope", "5.0"],
    "grpc_status_number": ["-", "7"],
    "upstream_request_attempt_count": ["0", "1", "3", "300", "-", ""],
    "downstream_peer_uri_san": SANS,
    "upstream_peer_uri_san": SANS,
    "downstream_local_uri_san": SANS,
    "upstream_tls_version": ["-", "TLSv1.3"],
    "downstream_tls_version": ["-", "TLSv1.3"],
    "request_id": ["-", "", "r-1"],
    "route_name": ["default", "/r/:id", "-"],
    "user_agent": ["curl", "kube-probe/1.31"],
    "content_type": ["application/grpc+proto", "text/html"],
    "istio.canonical_service": NAMES,
    "istio.canonical_revision": ["latest", "v2"],
    "kuma_source_service": ["web_shop_svc_80", "plain"],
    "kuma_destination_service": ["stock_pay_svc_80"],
    "node_id": ["sidecar~1~p-0.ns~ns.svc", "router~1~gw.edge~edge.svc", "waypoint~1~w.shop~shop.svc", "~~", "cart-0"],
}
RESOURCES = {
    "service.name": [*NAMES, "unknown_service:envoy", "web_shop_svc_80", "istio-ingressgateway"],
    "service.namespace": NAMES[:6],
    "k8s.pod.name": ["cart-7d9f8b6c5d-x2x4z", "db-0", "unknown"],
    "k8s.cluster.name": ["Kubernetes", "lab", ""],
    "cluster_name": ["cart", "cart.shop", "-"],
    "node_name": VALUES["node_id"],
    "istio": ["ingressgateway"],
}


def some(values: Mapping[str, Sequence[str]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(of) for key, of in values.items()})


@st.composite
def any_record(draw: st.DrawFn) -> Sent:
    base = draw(st.sampled_from([OUT, IN, {}]))
    made = base | draw(some(VALUES))
    body: Any = draw(st.sampled_from(["", "", "text", ISTIO_TEXT, ENVOY_TEXT, KUMA_TEXT]))
    where = draw(st.sampled_from(["attributes", "list", "json"]))
    if where == "list":
        body, made = made, {}
    elif where == "json":
        body, made = json.dumps(made), {}
    record = log(body, attributes=made, trace=draw(st.integers(0, 2)))
    record.time_unix_nano = draw(st.sampled_from([0, unix_ns(T0), unix_ns(T0) - 1, unix_ns(T0) - 10**15, 2**63]))
    record.observed_time_unix_nano = unix_ns(T0) - 5
    return record, draw(some(RESOURCES))


@settings(max_examples=25, deadline=None)
@given(sent=st.lists(any_record(), min_size=1, max_size=120))
def test_views_say_what_their_twin_says(
    sent: list[Sent], kept: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows, twins = stored(kept, tmp_path_factory.mktemp("any"), sent), expected(sent)
    assert rows.keys() == twins.keys()
    for place, row in rows.items():
        differ = {
            f.name: (getattr(row, f.name), getattr(twins[place], f.name))
            for f in fields(row)
            if getattr(row, f.name) != getattr(twins[place], f.name)
        }
        assert not differ, f"view and twin of {sent[place]}"


def test_what_wrote_access_logs_is_known_and_its_buckets_are_to_be_computed(
    kept: EmbeddedEngine, tmp_path: Path
) -> None:
    number = load(kept, tmp_path, logs(resource(attributes=CART), log(attributes=OUT), log("no access log")), segment=1)
    touched = kept.query(
        f"SELECT toUnixTimestamp(bucket) AS at, signal, n FROM dirty WHERE segment = {number} ORDER BY at"
    )
    at = unix_ns(T0) // 10**9
    assert touched == [{"at": at + step, "signal": "logs", "n": 1} for step in (-10, 0, 10)], "a call's other side too"
    known = kept.query("SELECT node, version FROM services WHERE node = 'shop/cart' AND version = 'v1' LIMIT 1")
    assert known == [{"node": "shop/cart", "version": "v1"}]
