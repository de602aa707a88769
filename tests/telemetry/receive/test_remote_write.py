"""Remote-write over a real socket: what is kept of either version, and each answer by which one repeats or drops."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import cramjam
import pytest
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import given
from hypothesis import strategies as st

from telemetry.engine.engine import Signal
from telemetry.engine.prometheus import COUNTER, Stored
from telemetry.receive import remote_write
from telemetry.receive.limits import Limits
from telemetry.receive.rejection import Rejection
from telemetry.receive.remote_write import ONE, TWO, Written
from telemetry.spool import segment as form
from telemetry.spool.spool import SpoolFailed, SpoolFull
from tests.telemetry.receive.serving import Serving, serving
from tests.written import Series, one, series, snapped, two

PATH = "/api/v1/write"
FIRST = {"content-encoding": "snappy", "content-type": "application/x-protobuf"}
SECOND = {"content-encoding": "snappy", "content-type": f"application/x-protobuf;proto={TWO}"}
LIMITS = Limits(body_bytes=100_000, inflated_bytes=400_000, in_flight_bytes=150_000)
MADE = [series("up", 1, 5, job="j", instance="i"), series("a_total", 2, 6, job="j", instance="i")]
NATIVE = {"count_int": 3, "sum": 2.0, "schema": 3, "positive_spans": [(0, 2)], "positive_deltas": [1, 1]}
COUNTS = ("samples", "histograms", "exemplars")


@pytest.fixture
async def here() -> AsyncIterator[Serving]:
    async with serving(LIMITS) as made:
        yield made


def kept(here: Serving) -> Any:
    """The one record kept."""
    ((signal, record),) = here.kept.records
    assert signal is Signal.WRITE
    return Stored.FromString(record)


def labels(stored: Any) -> list[dict[str, str]]:
    """Of every series of a record, whichever version it came in."""
    return [{label.name: label.value for label in each.labels} for each in stored.one] + [
        dict(zip(each.texts[::2], each.texts[1::2], strict=True)) for each in stored.two
    ]


def counted(answer: Any) -> list[str | None]:
    return [answer.headers.get(f"x-prometheus-remote-write-{what}-written") for what in COUNTS]


@pytest.mark.parametrize(
    "kind",
    [None, "application/x-protobuf", f"application/x-protobuf;proto={ONE}", f'Application/X-Protobuf ; PROTO="{ONE}"'],
)
async def test_version_1_goes_on_as_it_came(here: Serving, kind: str | None) -> None:
    headers = {"content-encoding": "snappy"} | ({} if kind is None else {"content-type": kind})
    answer = await here.http.post(PATH, content=snapped(one(MADE)), headers=headers)
    assert (answer.status_code, answer.content, counted(answer)) == (204, b"", [None] * 3)
    assert here.kept.records[0][1].startswith(one(MADE).SerializeToString())
    assert labels(kept(here)) == [each.labels for each in MADE]


async def test_version_2_is_kept_with_its_texts_and_says_what_is_written(here: Serving) -> None:
    made = [*MADE, Series({"__name__": "h"}, natives=[NATIVE, NATIVE], kind=COUNTER, unit="s")]
    request = two(made)
    request.timeseries[0].exemplars.add(value=1)
    answer = await here.http.post(PATH, content=snapped(request), headers=SECOND)
    assert (answer.status_code, answer.content) == (204, b"")
    assert counted(answer) == ["2", "2", "0"]
    stored = kept(here)
    assert labels(stored) == [dict(sorted(each.labels.items())) for each in made]
    assert (stored.two[2].metadata.type, stored.two[2].unit) == (COUNTER, "s")
    assert not any(each.labels_refs for each in stored.two)


async def test_the_receivers_count_points_of_a_sender_of_their_own_kind(here: Serving) -> None:
    await here.http.post(PATH, content=snapped(one(MADE)), headers=FIRST | {"user-agent": "Prometheus/3"})
    state = here.tally.state(datetime.now(UTC))
    assert (state.points, state.requests, state.senders[0].protocol) == (2, 1, "remote_write")
    assert state.receiver("otlp_http")["senders"] == 1


async def test_metadata_alone_is_kept(here: Serving) -> None:
    answer = await here.http.post(PATH, content=snapped(one([], [(COUNTER, "a")])), headers=FIRST)
    assert answer.status_code == 204
    assert [family.metric_family_name for family in kept(here).families] == ["a"]


async def test_nothing_at_all_succeeds_and_keeps_nothing(here: Serving) -> None:
    for headers in (FIRST, SECOND):
        assert (await here.http.post(PATH, content=b"\0", headers=headers)).status_code == 204
    assert here.kept.records == []


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        pytest.param({"content-type": "application/json"}, 415, "application/json", id="json"),
        pytest.param({"content-type": "application/x-protobuf;proto=a.B"}, 415, "proto=a.B", id="another message"),
        pytest.param({"content-encoding": "gzip"}, 415, "snappy", id="gzip"),
        pytest.param({"content-length": "200000"}, 413, "100000", id="too long by its own word"),
    ],
)
async def test_what_the_headers_forbid(here: Serving, headers: dict[str, str], status: int, words: str) -> None:
    content = bytes(200_000) if "content-length" in headers else snapped(one(MADE))
    answer = await here.http.post(PATH, content=content, headers=FIRST | headers)
    assert (answer.status_code, here.kept.records) == (status, [])
    assert answer.headers["content-type"].startswith("text/plain")
    assert words in answer.text


@pytest.mark.parametrize(
    ("content", "headers", "words"),
    [
        pytest.param(b"", FIRST, "empty", id="no block"),
        pytest.param(b"\x05\x00", FIRST, "no valid snappy", id="a broken block"),
        pytest.param(bytes(cramjam.snappy.compress(b"abc")), FIRST, "no valid snappy", id="snappy's framed form"),
        pytest.param(bytes(cramjam.snappy.compress_raw(b"\x0a\xff")), FIRST, "timeseries", id="a broken message"),
        pytest.param(snapped(two(MADE)), FIRST, TWO, id="2.0 said to be 1.0"),
        pytest.param(snapped(one(MADE)), SECOND, ONE, id="1.0 said to be 2.0"),
        pytest.param(snapped(one([Series({"job": "j"}, [(1, 1)])])), FIRST, "__name__", id="a series without a name"),
        pytest.param(snapped(two([Series({"job": "j"}, [(1, 1)])])), SECOND, "__name__", id="the same in 2.0"),
    ],
)
async def test_bad_bytes_are_dropped_with_a_sentence(
    here: Serving, content: bytes, headers: dict[str, str], words: str
) -> None:
    answer = await here.http.post(PATH, content=content, headers=headers)
    assert (answer.status_code, here.kept.records) == (400, [])
    assert words in answer.text
    assert answer.text.endswith(".")


async def test_a_bomb_is_refused_by_what_it_claims(here: Serving) -> None:
    block = bytes(cramjam.snappy.compress_raw(bytes(1_000_000)))
    answer = await here.http.post(PATH, content=block, headers=FIRST)
    assert (answer.status_code, len(block) < LIMITS.body_bytes) == (413, True)
    assert "snappy" in answer.text


async def test_a_block_that_claims_less_than_it_holds_is_broken(here: Serving) -> None:
    block = bytearray(cramjam.snappy.compress_raw(bytes(1_000_000)))
    block[:3] = form.varint(100)
    answer = await here.http.post(PATH, content=bytes(block), headers=FIRST)
    assert answer.status_code == 400


async def test_the_good_rest_of_a_request_is_kept_and_the_answer_is_a_no(here: Serving) -> None:
    """As the spec has it: a sender does not repeat, and whoever reads its log learns of the fault."""
    for request, headers in ((one, FIRST), (two, SECOND)):
        here.kept.records.clear()
        content = snapped(request([MADE[0], Series({"job": "nameless"}, [(1, 1)]), MADE[1]]))
        answer = await here.http.post(PATH, content=content, headers=headers)
        assert answer.status_code == 400
        assert "timeseries[1]" in answer.text
        assert [each["__name__"] for each in labels(kept(here))] == ["up", "a_total"]
    assert counted(answer) == ["2", "0", "0"]


@pytest.mark.parametrize("error", [SpoolFull(9, 9), SpoolFailed("the disk is gone")], ids=["full", "failed"])
async def test_a_full_spool_asks_to_come_again(here: Serving, error: Exception) -> None:
    """503: a Prometheus drops on 429, and on every other 4xx."""
    here.kept.error = error
    answer = await here.http.post(PATH, content=snapped(one(MADE)), headers=FIRST)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "spool" in answer.text.lower()


async def test_a_slow_body_may_come_again() -> None:
    async with serving(Limits(body_s=0.05)) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.http_port)
        writer.write(b"POST /api/v1/write HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\na")
        assert b" 503 " in await reader.readline()
        writer.close()


async def test_a_token_is_asked_for(here: Serving) -> None:
    here.closed = True
    content = snapped(one(MADE))
    for token, status in (("none", 401), ("reader", 403), ("good", 204)):
        headers = FIRST | {"authorization": f"Bearer {token}"}
        assert (await here.http.post(PATH, content=content, headers=headers)).status_code == status


async def test_it_takes_post_only(here: Serving) -> None:
    answer = await here.http.get(PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_fields_of_ours_cannot_be_forged() -> None:
    """Neither at the top, nor as the other version's, nor as the texts that we make."""
    forged = one([series("evil", 1, 1)]).SerializeToString() + form.mark(7, 7)
    taken = remote_write.check(TWO, two(MADE).SerializeToString() + forged)
    assert isinstance(taken, Written)
    stored = Stored.FromString(taken.data)
    assert (len(stored.one), len(UnknownFieldSet(stored))) == (0, 0)
    liar = two(MADE)
    liar.timeseries[0].texts.extend(["__name__", "evil"])
    liar.timeseries[0].unit = "evil"
    taken = remote_write.check(TWO, liar.SerializeToString())
    assert isinstance(taken, Written)
    assert b"evil" not in taken.data
    taken = remote_write.check(ONE, one(MADE).SerializeToString() + liar.SerializeToString())
    assert isinstance(taken, Written)
    assert taken.data == one(MADE).SerializeToString()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"positive_deltas": [1]}, "1 counts for 2 buckets", id="counts that do not fit"),
        pytest.param({"positive_spans": [(0, 1), (20_000, 1)]}, "more than 10000", id="a wide gap"),
        pytest.param({"schema": 9}, "schema 9", id="a resolution there is not"),
        pytest.param({"schema": -53, "positive_spans": [(20_000, 2)]}, "more than 10000", id="a custom bucket far out"),
    ],
)
def test_native_histograms_that_cannot_be(change: dict[str, Any], words: str) -> None:
    for request, proto in ((one, ONE), (two, TWO)):
        made = request([Series({"__name__": "h"}, natives=[NATIVE | change]), MADE[0]])
        taken = remote_write.check(proto, made.SerializeToString())
        assert isinstance(taken, Written)
        assert (taken.samples, taken.histograms, taken.rejected) == (1, 0, 1)
        assert words in taken.reason


def test_references_that_lead_nowhere() -> None:
    for refs, words in (([1, 99], "beyond"), ([1], "value is missing")):
        request = two([series("up", 1, 1)])
        del request.timeseries[0].labels_refs[:]
        request.timeseries[0].labels_refs.extend(refs)
        taken = remote_write.check(TWO, request.SerializeToString())
        assert isinstance(taken, Written)
        assert (taken.count, taken.rejected) == (0, 1)
        assert words in taken.reason


def test_the_first_symbol_is_nothing() -> None:
    request = two(MADE)
    request.symbols[0] = "x"
    no = remote_write.check(TWO, request.SerializeToString())
    assert isinstance(no, Rejection)
    assert "symbols[0]" in no.text


@given(st.sampled_from([ONE, TWO]), st.binary(max_size=200))
def test_any_bytes_end_in_a_batch_or_a_sentence(proto: str, data: bytes) -> None:
    made = remote_write.check(proto, data)
    assert isinstance(made, Written) or (made.http == 400 and len(made.text) > 40)
