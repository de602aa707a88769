"""Zipkin v2 spans as OTLP: one case a row, and the recordings of others."""

import gzip
import json
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.receive import zipkin, zipkin_protobuf
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from tests.data import data_folder

BASE: dict[str, Any] = {"traceId": "a1", "id": "b2", "name": "get /", "timestamp": 1_000_000, "duration": 250}


def batch(*spans: dict[str, Any]) -> Batch:
    made = zipkin.check(json.dumps(spans).encode(), True)
    assert isinstance(made, Batch), made
    return made


def request(*spans: dict[str, Any]) -> Any:
    return ExportTraceServiceRequest.FromString(batch(*spans).data)


def span(**fields: Any) -> Any:
    return request(BASE | fields).resource_spans[0].scope_spans[0].spans[0]


def attributes(of: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in of.attributes}


def test_a_span_has_its_times_and_padded_ids() -> None:
    made = span(parentId="c3")
    assert made.trace_id == bytes(15) + b"\xa1"
    assert made.span_id == bytes(7) + b"\xb2"
    assert made.parent_span_id == bytes(7) + b"\xc3"
    assert (made.start_time_unix_nano, made.end_time_unix_nano) == (1_000_000_000, 1_000_250_000)
    assert made.name == "get /"


@pytest.mark.parametrize(
    ("kind", "expected"), [("SERVER", 2), ("CLIENT", 3), ("PRODUCER", 4), ("CONSUMER", 5), (None, 1)]
)
def test_kinds(kind: str | None, expected: int) -> None:
    assert span(kind=kind).kind == expected


def test_no_duration_is_none() -> None:
    made = span(duration=None)
    assert made.end_time_unix_nano == made.start_time_unix_nano


@pytest.mark.parametrize(
    ("tags", "code", "message"),
    [
        ({}, 0, ""),
        ({"error": "false"}, 0, ""),
        ({"error": ""}, 2, ""),
        ({"error": "true"}, 2, ""),
        ({"error": "no route"}, 2, "no route"),
    ],
)
def test_the_tag_error_is_the_status(tags: dict[str, str], code: int, message: str) -> None:
    made = span(tags=tags)
    assert (made.status.code, made.status.message) == (code, message)
    assert attributes(made) == tags


def test_services_are_resources_in_the_order_they_come() -> None:
    made = request(
        BASE | {"localEndpoint": {"serviceName": "web"}},
        BASE | {"localEndpoint": {"serviceName": "cart"}},
        BASE | {"localEndpoint": {"serviceName": "web"}},
        BASE,
    )
    names = [attributes(rs.resource).get("service.name") for rs in made.resource_spans]
    assert names == ["web", "cart", None]
    assert [len(rs.scope_spans[0].spans) for rs in made.resource_spans] == [2, 1, 1]


def test_endpoints_are_attributes_unless_a_tag_says_the_same() -> None:
    made = span(
        localEndpoint={"serviceName": "web", "ipv4": "10.0.0.1", "port": 80},
        remoteEndpoint={"serviceName": "mysql", "ipv6": "::1", "port": 3306},
        tags={"network.peer.port": "1", "http.method": "GET"},
    )
    assert attributes(made) == {
        "network.peer.port": "1",
        "http.method": "GET",
        "peer.service": "mysql",
        "network.peer.address": "::1",
        "network.local.address": "10.0.0.1",
        "network.local.port": 80,
    }


def test_a_shared_span_keeps_the_id_it_shares() -> None:
    client, server = BASE | {"kind": "CLIENT"}, BASE | {"kind": "SERVER", "shared": True}
    spans = request(client, server).resource_spans[0].scope_spans[0].spans
    assert spans[0].span_id == spans[1].span_id
    assert [attributes(one).get(zipkin.SHARED) for one in spans] == [None, True]


def test_annotations_are_events() -> None:
    (event,) = span(annotations=[{"timestamp": 1_000_100, "value": "ws"}]).events
    assert (event.time_unix_nano, event.name) == (1_000_100_000, "ws")


def test_a_span_without_an_id_is_left_out() -> None:
    made = batch(BASE, {"traceId": "a1", "name": "no id"})
    assert (made.count, made.rejected) == (1, 1)
    assert "'no id'" in made.reason


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "it is no array"),
        (b"[", "unexpected end"),
        (b"[1]", "[0] is no object"),
        (json.dumps([BASE, BASE | {"traceId": "xyz"}]).encode(), "[1].traceId is no id in hex"),
        (json.dumps([BASE | {"traceId": 7}]).encode(), "[0].traceId is no text"),
        (json.dumps([BASE | {"kind": "OTHER"}]).encode(), "[0].kind is none of SERVER"),
        (json.dumps([BASE | {"kind": ["SERVER"]}]).encode(), "[0].kind is none of SERVER"),
        (json.dumps([BASE | {"timestamp": -1}]).encode(), "[0].timestamp is no number of microseconds"),
        (json.dumps([BASE | {"timestamp": 2**63}]).encode(), "[0].timestamp is no number of microseconds"),
        (json.dumps([BASE | {"tags": {"a": 1}}]).encode(), "[0].tags is no object of texts"),
        (json.dumps([BASE | {"localEndpoint": "web"}]).encode(), "[0].localEndpoint is no object"),
        (json.dumps([BASE | {"annotations": [1]}]).encode(), "[0].annotations is no array of objects"),
    ],
)
def test_a_wrong_form_is_named_with_its_place(body: bytes, said: str) -> None:
    no = zipkin.check(body, True)
    assert isinstance(no, Rejection)
    assert no.http == 400
    assert said in no.text


def test_an_id_that_is_too_long_is_left_out() -> None:
    assert batch(BASE | {"traceId": "1" * 33 + "1"}).rejected == 1


def test_protobuf_says_the_same_as_json() -> None:
    whole = BASE | {
        "traceId": "00000000000000a100000000000000a2",
        "id": "00000000000000b2",
        "parentId": "00000000000000c3",
        "kind": "CLIENT",
        "localEndpoint": {"serviceName": "web", "ipv4": "10.0.0.1", "port": 80},
        "remoteEndpoint": {"serviceName": "mysql", "ipv6": "::1"},
        "annotations": [{"timestamp": 1_000_100, "value": "ws"}],
        "tags": {"error": "", "k": "v"},
        "shared": True,
    }
    message = zipkin_protobuf.ListOfSpans(
        spans=[
            {
                "trace_id": bytes.fromhex(whole["traceId"]), "id": bytes.fromhex(whole["id"]),
                "parent_id": bytes.fromhex(whole["parentId"]), "kind": 1, "name": "get /", "timestamp": 1_000_000,
                "duration": 250, "shared": True,
                "local_endpoint": {"service_name": "web", "ipv4": bytes([10, 0, 0, 1]), "port": 80},
                "remote_endpoint": {"service_name": "mysql", "ipv6": bytes(15) + b"\1"},
                "annotations": [{"timestamp": 1_000_100, "value": "ws"}],
                "tags": [{"key": "error", "value": ""}, {"key": "k", "value": "v"}],
            }
        ]
    )  # fmt: skip
    made = zipkin.check(message.SerializeToString(), False)
    assert isinstance(made, Batch)
    assert ExportTraceServiceRequest.FromString(made.data) == request(whole)


def test_protobuf_that_is_none_is_refused() -> None:
    no = zipkin.check(b"\xff\xff", False)
    assert isinstance(no, Rejection)
    assert no.http == 400


@pytest.mark.parametrize(
    "name",
    [
        "ascend.json", "envoy.json", "messaging.json", "messaging-kafka.json", "messaging2.json", "simple-db.json",
        "skew.json", "smartthings-install.json.gz", "smartthings-oauth.json.gz", "yelp.json",
    ],
)  # fmt: skip
def test_the_recordings_of_others_are_taken_whole(name: str) -> None:
    data = (data_folder("fixtures/traces/zipkin") / name).read_bytes()
    text = gzip.decompress(data) if name.endswith(".gz") else data
    sent = json.loads(text)
    made = zipkin.check(text, True)
    assert isinstance(made, Batch)
    assert (made.count, made.rejected) == (len(sent), 0)
    got = ExportTraceServiceRequest.FromString(made.data)
    spans = [s for rs in got.resource_spans for s in rs.scope_spans[0].spans]
    assert sorted(s.span_id.hex() for s in spans) == sorted(s["id"].rjust(16, "0") for s in sent)
