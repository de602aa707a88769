"""Files of traces: taken in as any sender's, times kept, all or nothing where they cannot be read, and bounded."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from meshui.access import tokens
from meshui.running import Running
from telemetry.spool.spool import SpoolFull
from tests.build import resource, span, traces

URL, PAGE = "/api/v1/traces/upload", "/traces/upload/"
OLD = datetime.now(UTC) - timedelta(days=30)


def jaeger(trace: int = 1, service: str = "cart", at: datetime = OLD) -> dict[str, Any]:
    spans = [
        {
            "traceID": f"{trace:x}", "spanID": f"{number:x}", "operationName": f"op {number}", "processID": "p1",
            "references": [{"refType": "CHILD_OF", "traceID": f"{trace:x}", "spanID": "1"}] if number > 1 else [],
            "startTime": int(at.timestamp() * 1_000_000) + number, "duration": 1000,
            "tags": [{"key": "span.kind", "type": "string", "value": "server"}],
        }
        for number in (1, 2)
    ]  # fmt: skip
    return {"traceID": f"{trace:x}", "spans": spans, "processes": {"p1": {"serviceName": service, "tags": []}}}


def zipkin(trace: int = 1, at: datetime = OLD) -> list[dict[str, Any]]:
    return [
        {
            "traceId": f"{trace:032x}", "id": f"{5:016x}", "name": "get /cart", "kind": "SERVER",
            "timestamp": int(at.timestamp() * 1_000_000), "duration": 1000, "localEndpoint": {"serviceName": "cart"},
        }
    ]  # fmt: skip


def post(client: Client, document: Any, **more: Any) -> Any:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post(URL, data, content_type="application/json", **more)


def stored(running: Running) -> list[dict[str, Any]]:
    """What the loader brings to the engine from the spool."""
    running.spool.seal()
    running.loader.load_sealed()
    sql = """SELECT lower(hex(trace_id)) AS trace, name, node, late, toUnixTimestamp64Micro(ts) AS at
        FROM spans ORDER BY trace, ts"""
    return running.engine.query(sql)


def test_jaegers_answer_is_kept_with_its_times_and_found_by_id(writer: Client, running: Running) -> None:
    answer = post(writer, {"data": [jaeger(1), jaeger(2)], "total": 2})
    assert answer.status_code == 201
    assert answer.json() == {
        "traces": [{"trace_id": f"{1:032x}", "spans": 2}, {"trace_id": f"{2:032x}", "spans": 2}],
        "trace_count": 2, "spans": 4, "rejected": 0, "reason": "",
    }  # fmt: skip
    rows = stored(running)
    assert len(rows) == 4
    assert all(row["late"] for row in rows)
    assert rows[0]["at"] == int(OLD.timestamp() * 1_000_000) + 1
    found = writer.get(f"/api/v1/traces/{1:032x}").json()
    assert [one["operation"] for one in found["spans"]] == ["op 1", "op 2"]


@pytest.mark.parametrize(
    ("document", "trace"),
    [
        (jaeger(3), 3),
        ([jaeger(3)], 3),
        (zipkin(4), 4),
        ([zipkin(4)], 4),
        (gzip.compress(json.dumps(zipkin(4)).encode()), 4),
        (traces(resource("cart"), span(trace=6)).SerializeToString(), 6),
        (b"\n".join(json.dumps(jaeger(3)).encode() for _ in range(2)), 3),
    ],
    ids=["trace", "traces", "zipkin", "zipkin's api", "gzip", "otlp protobuf", "one a line"],
)
def test_what_replay_reads(writer: Client, running: Running, document: Any, trace: int) -> None:
    answer = post(writer, document)
    assert answer.status_code == 201, answer.content
    assert [each["trace_id"] for each in answer.json()["traces"]] == [f"{trace:032x}"]
    assert {row["trace"] for row in stored(running)} == {f"{trace:032x}"}


def test_a_recent_trace_is_a_trace_like_any(writer: Client, running: Running) -> None:
    post(writer, jaeger(9, at=datetime.now(UTC)))
    assert not any(row["late"] for row in stored(running))


def test_spans_with_ids_that_cannot_be_are_left_out_and_said(writer: Client, running: Running) -> None:
    document = jaeger(1)
    document["spans"].append(dict(document["spans"][0], spanID="0"))
    body = post(writer, document).json()
    assert (body["spans"], body["rejected"]) == (2, 1)
    assert "all zeros" in body["reason"]


def nested(deep: int) -> bytes:
    return b"[" * deep + b"]" * deep


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b" ", "empty"),
        (b"hello", "no OTLP protobuf"),
        (b"{", "neither JSON nor OTLP"),
        (b"[]", "no spans"),
        (b'{"a": 1}', "no spans"),
        ({"data": []}, "no spans"),
        ({"data": [{"spans": "x", "processes": {}}]}, "broken Jaeger span"),
        ({"data": [{"spans": [1], "processes": {}}]}, "broken Jaeger span"),
        ({"data": [{"spans": [], "processes": {}}]}, "no spans in it"),
        ({"data": [dict(jaeger(), processes=[1])]}, "broken Jaeger span"),
        ({"data": [dict(jaeger(), spans=[dict(jaeger()["spans"][0], startTime=-5)])]}, "broken Jaeger span"),
        ({"data": [dict(jaeger(), spans=[dict(jaeger()["spans"][0], startTime=1e400)])]}, "broken Jaeger span"),
        ({"data": [dict(jaeger(), spans=[dict(jaeger()["spans"][0], spanID=7)])]}, "broken Jaeger span"),
        ([dict(zipkin()[0], timestamp="x")], "Zipkin"),
        ({"resourceMetrics": []}, "only traces"),
        (nested(100_000), ""),
        (b'{"resourceSpans":' + nested(3_000) + b"}", ""),
        (gzip.compress(b"x")[:-3], "gzip"),
        (gzip.compress(gzip.compress(b"[]")), "twice"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_stored(
    writer: Client, running: Running, document: Any, says: str
) -> None:
    answer = post(writer, document)
    assert answer.status_code == 400, answer.content
    assert says in answer.json()["detail"]
    assert stored(running) == []


def test_a_broken_line_at_the_end_keeps_all_of_it_out(writer: Client, running: Running) -> None:
    good = json.dumps(jaeger()).encode()
    assert post(writer, b"\n".join([good, good, b"{"])).status_code == 400
    assert stored(running) == []


def test_size_is_bounded_as_sent_and_inflated(
    writer: Client, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(settings.CONFIG), "max_inflated_bytes", 50_000)
    assert post(writer, gzip.compress(b" " * 60_000 + b"[]")).status_code == 413
    bound = settings.CONFIG.max_body_bytes
    assert post(writer, b" " * (bound + 1)).status_code == 413


def test_a_body_larger_than_djangos_bound_for_forms_is_taken(writer: Client, running: Running) -> None:
    document = jaeger()
    document["spans"][0]["tags"].append({"key": "big", "type": "string", "value": "x" * 3_000_000})
    assert post(writer, document).status_code == 201


def test_a_full_spool_asks_to_come_again(writer: Client, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> None:
        raise SpoolFull(1, 1)

    monkeypatch.setattr(running.spool, "append", full)
    answer = post(writer, jaeger())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_only_post(writer: Client, running: Running) -> None:
    answer = writer.get(URL)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_reading_token_may_not(client: Client, running: Running) -> None:
    assert post(client, jaeger()).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-protobuf", "application/x-www-form-urlencoded"])
def test_other_types_are_refused(writer: Client, running: Running, kind: str) -> None:
    assert writer.post(URL, b"[]", content_type=kind).status_code == 415


def test_pages_of_other_sites_are_refused(writer: Client, running: Running) -> None:
    assert post(writer, jaeger(), HTTP_ORIGIN="http://evil.example").status_code == 403
    assert post(writer, jaeger(), HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert stored(running) == []


def a_file(document: Any = None, name: str = "trace.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, json.dumps(document or jaeger()).encode(), "application/json")


@pytest.mark.parametrize("url", [URL, PAGE])
@pytest.mark.parametrize("mode", ["token", "off"])
def test_a_form_carries_djangos_token_in_every_mode(
    db: None, running: Running, monkeypatch: pytest.MonkeyPatch, url: str, mode: str
) -> None:
    secret = tokens.create("writer", "write", datetime.now(UTC))
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    who = {"HTTP_AUTHORIZATION": f"Bearer {secret}"} if mode == "token" else {}
    if mode == "off":
        monkeypatch.setattr("meshui.access.middleware.settings.CONFIG", _open())
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost", **who)  # type: ignore[arg-type]
    assert strict.post(url, {"file": a_file()}).status_code == 403
    assert stored(running) == []
    page = strict.get(PAGE)
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    done = strict.post(url, {"file": [a_file(), a_file(zipkin(4))], "csrfmiddlewaretoken": token})
    assert done.status_code == (201 if url == URL else 200)
    assert {row["trace"] for row in stored(running)} == {f"{1:032x}", f"{4:032x}"}


def _open() -> Any:
    from dataclasses import replace

    return replace(settings.CONFIG, auth="off")


def test_the_page_links_to_what_it_took(writer: Client, running: Running) -> None:
    page = writer.post(PAGE, {"file": a_file()}).content.decode()
    assert f'href="/traces/{1:032x}/"' in page
    assert "1 trace with 2 spans is kept" in page


def test_the_page_says_what_is_wrong_with_which_file(writer: Client, running: Running) -> None:
    broken = SimpleUploadedFile("notes.txt", b"hello")
    answer = writer.post(PAGE, {"file": [a_file(), broken]})
    assert answer.status_code == 400
    assert "Nothing was taken. notes.txt: " in answer.content.decode()
    assert writer.post(PAGE, {}).status_code == 400
    assert stored(running) == []


def test_a_form_without_a_file_is_named(writer: Client, running: Running) -> None:
    answer = writer.post(URL, {"other": "x"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"


@pytest.mark.parametrize("address", ["10.0.0.7", "::1"])
def test_whoever_sent_it_is_counted(writer: Client, running: Running, address: str) -> None:
    post(writer, jaeger(), REMOTE_ADDR=address, HTTP_USER_AGENT="curl/8")
    (sender,) = running.tally.state(datetime.now(UTC)).senders
    assert (sender.protocol, sender.peer, sender.agent, sender.spans) == ("upload", address, "curl/8", 2)
