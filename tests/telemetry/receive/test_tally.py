"""What the receivers count stays bounded whatever senders do, and says what a person needs to see."""

from datetime import UTC, datetime

import pytest

from telemetry.engine.engine import Signal
from telemetry.receive.tally import MOST_REJECTIONS, MOST_SENDERS, RATE_S, Origin, Tally, host_of

AT = 1_790_000_000.0
ORIGIN = Origin("otlp_http", "10.0.0.7:51234", "me/1")


def when(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


@pytest.mark.parametrize(
    ("peer", "host"),
    [("10.0.0.7:51234", "10.0.0.7"), ("[::1]:5", "::1"), ("/run/socket", "/run/socket"), ("", "")],
)
def test_a_host_is_a_peer_without_its_port(peer: str, host: str) -> None:
    assert host_of(peer) == host


def test_rates_are_of_the_last_whole_seconds() -> None:
    tally = Tally()
    for second in range(30):
        tally.accepted(ORIGIN, Signal.TRACES, 100, 1, AT + second)
        tally.accepted(ORIGIN, Signal.METRICS, 7, 1, AT + second)
    state = tally.state(when(AT + 29.9))
    assert (state.spans_per_s, state.points_per_s, state.logs_per_s) == (100.0, 7.0, 0.0)
    assert (state.spans, state.points, state.accepted) == (3000, 210, 3210)
    assert tally.state(when(AT + 30 + RATE_S)).spans_per_s == 0.0


def test_a_rejection_that_repeats_is_one_row_with_a_count() -> None:
    tally = Tally()
    for n in range(5):
        tally.rejected(ORIGIN, 400, f"The body is no ExportTraceServiceRequest in protobuf: byte {n}.", AT + n)
    tally.rejected(ORIGIN, 200, "2 of 3 spans were left out", AT + 9, 2)
    newest, older = tally.state(when(AT + 10)).rejections
    assert (newest.status, newest.count, newest.sender) == (200, 2, "10.0.0.7 (me/1)")
    assert (older.status, older.count, older.at) == (400, 5, when(AT + 4))
    assert older.reason.endswith("byte 4.")
    assert tally.state(when(AT)).rejected == 7


def test_neither_senders_nor_rejections_grow_without_bound() -> None:
    tally = Tally()
    for n in range(3 * MOST_SENDERS):
        origin = Origin("otlp_http", f"10.0.{n // 250}.{n % 250}:1", "x" * 10_000)
        tally.accepted(origin, Signal.TRACES, 1, 1, AT + n)
        tally.rejected(origin, 400, "y" * 10_000, AT + n)
    state = tally.state(when(AT))
    assert (len(state.senders), len(state.rejections)) == (MOST_SENDERS, MOST_REJECTIONS)
    assert state.senders[0].last_seen == when(AT + 3 * MOST_SENDERS - 1)
    assert max(len(s.agent) for s in state.senders) < 100
    assert max(len(r.reason) + len(r.sender) for r in state.rejections) < 500
    assert state.spans == 3 * MOST_SENDERS


def test_status_has_the_names_of_the_api() -> None:
    tally = Tally()
    tally.accepted(ORIGIN, Signal.TRACES, 3, 1, AT)
    tally.accepted(Origin("zipkin", "10.0.0.8:1", ""), Signal.TRACES, 1, 1, AT + 1)
    tally.rejected(ORIGIN, 415, "Content-Type text/plain", AT)
    state = tally.state(when(AT + 2))
    ingest = state.as_dict()
    assert ingest["accepted_total"] == 4
    assert ingest["rejected_total"] == 1
    assert ingest["rejected_recently"] == [
        {"at": "2026-09-21T14:13:20.000Z", "sender": "10.0.0.7 (me/1)", "status": 415,
         "reason": "Content-Type text/plain", "count": 1}
    ]  # fmt: skip
    assert state.receiver("otlp_http") == {
        "last_seen": "2026-09-21T14:13:21.000Z", "senders": 2, "requests": 2, "rejected": 1,
    }  # fmt: skip
    assert state.receiver("otlp_grpc") == {"last_seen": None, "senders": 0, "requests": 0, "rejected": 0}
