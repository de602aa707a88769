"""A replay against a real receiver: what arrives, when, and what is said about it."""

import gzip
import io
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from meshui.replay.progress import Progress
from meshui.replay.run import Clock, Options, run
from meshui.replay.summary import Summary
from tests.meshui.demo.receivers import Answer, Received, http_receiver
from tests.meshui.replay.test_reading import JAEGER

REPO = Path(__file__).parents[3]
DATA = Path(os.environ.get("MESHUI_TEST_DATA", REPO.parent / "shared" / "data"))
S = 10**9
RECORDED = 1_600_000_000 * S
TODAY = 1_800_000_000 * S


@dataclass
class Fake:
    """A clock that stands until someone sleeps."""

    at: int = TODAY
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += round(seconds * S)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.sleep)


class Display(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def replay(options: Options, fake: Fake | None = None, tty: bool = False) -> tuple[Summary, str]:
    display = Display(tty)
    summary = run(options, lambda total: Progress(total, display), (fake or Fake()).clock)
    return summary, display.getvalue()


def line(name: str, start_s: float, end_s: float) -> str:
    span = {"traceId": "a" * 32, "spanId": "b" * 16, "name": name}
    span |= {"startTimeUnixNano": str(RECORDED + int(start_s * S)), "endTimeUnixNano": str(RECORDED + int(end_s * S))}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def two_files(folder: Path) -> None:
    (folder / "a.jsonl").write_text("\n".join([line("a0", 0, 1), line("a10", 9, 10)]))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress("\n".join([line("b4", 4, 5), line("b20", 19, 20)]).encode()))


def starts(received: Received) -> dict[str, int]:
    return {span.name: span.start_time_unix_nano for _, span in received.spans()}


def test_as_recorded_in_one_request_with_a_token(tmp_path: Path) -> None:
    two_files(tmp_path)
    with http_receiver() as received:
        summary, shown = replay(Options((str(tmp_path),), received.endpoint, token="secret"))
        assert starts(received)["b20"] == RECORDED + 19 * S
        ((path, headers, _),) = received.posts
        assert (path, headers["authorization"]) == ("/v1/traces", "Bearer secret")
        assert (headers["content-type"], headers["content-encoding"]) == ("application/x-protobuf", "gzip")
    assert summary.ok
    assert list(summary.sentences()) == ["Sent 4 spans in 1 request from 2 files; refused 0."]
    assert shown == ""


def test_now_shifts_all_files_by_one_amount_so_that_the_newest_ends_now(tmp_path: Path) -> None:
    two_files(tmp_path)
    with http_receiver() as received:
        fake = Fake()
        replay(Options((str(tmp_path / "b.jsonl.gz"), str(tmp_path / "a.jsonl")), received.endpoint, now=True), fake)
        assert starts(received) == {
            name: TODAY - 20 * S + at * S for name, at in (("a0", 0), ("a10", 9), ("b4", 4), ("b20", 19))
        }
        assert fake.slept == []


@pytest.mark.parametrize(("speed", "ends_after"), [(1.0, 20), (10.0, 2)])
def test_paced_the_oldest_starts_now_and_each_is_sent_when_it_has_ended(
    tmp_path: Path, speed: float, ends_after: float
) -> None:
    two_files(tmp_path)
    with http_receiver() as received:
        fake = Fake()
        replay(Options((str(tmp_path),), received.endpoint, speed=speed, now=True), fake)
        names = [[span.name for _, span in Received("", [post]).spans()] for post in received.posts]
        assert names == [["a0"], ["b4"], ["a10"], ["b20"]]
        assert starts(received)["a0"] == TODAY
        assert fake.at - TODAY == ends_after * S


def test_a_folder_says_why_it_skips_and_one_named_file_that_is_none_fails(tmp_path: Path) -> None:
    two_files(tmp_path)
    (tmp_path / "notes.txt").write_text("nothing to send here")
    (tmp_path / ".hidden.jsonl").write_text(line("no", 0, 1))
    with http_receiver() as received:
        summary, shown = replay(Options((str(tmp_path),), received.endpoint))
        assert summary.ok
        assert shown == f"Skipped {tmp_path / 'notes.txt'}: no OTLP protobuf with spans, metrics or logs in it.\n"
        summary, _ = replay(Options((str(tmp_path / "a.jsonl"), str(tmp_path / "notes.txt")), received.endpoint))
        assert summary.sent == {"spans": 2}
        assert not summary.ok


def test_a_file_that_breaks_off_is_sent_until_there_and_counts_as_unreadable(tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl").write_text(line("a", 0, 1) + '\n{"resourceSp')
    with http_receiver() as received:
        for now in (False, True):
            summary, shown = replay(Options((str(tmp_path),), received.endpoint, now=now))
            assert (summary.sent, summary.ok) == ({"spans": 1}, False)
            assert "after 1 records: line 2 is no JSON" in shown


def test_it_waits_as_long_as_it_is_asked_to_and_sends_again(tmp_path: Path) -> None:
    two_files(tmp_path)
    with http_receiver() as received:
        received.answers = [Answer(503, {"Retry-After": "7"}), Answer(429, {"Retry-After": "2"}), Answer(502)]
        fake = Fake()
        summary, shown = replay(Options((str(tmp_path),), received.endpoint), fake)
        assert fake.slept[:2] == [7, 2]
        assert len(fake.slept) == 3
        assert summary.sent == {"spans": 4}
        assert shown.count("trying again") == 1
        assert len({post[2].SerializeToString() for post in received.posts}) == 1


def test_it_counts_what_was_refused_with_the_reasons(tmp_path: Path) -> None:
    two_files(tmp_path)
    partial = ExportTraceServiceResponse()
    partial.partial_success.rejected_spans, partial.partial_success.error_message = 3, "3 spans without a trace id"
    answers = [
        (Answer(200, body=partial.SerializeToString()), 1, "1 × 3 spans without a trace id"),
        (Answer(400, body=Status(code=3, message="truncated at byte 7").SerializeToString()), 0, "truncated at byte 7"),
        (Answer(413, body=b"too large"), 0, "1 × 413: too large"),
    ]
    for answer, sent, reason in answers:
        with http_receiver() as received:
            received.answers = [answer]
            summary, _ = replay(Options((str(tmp_path),), received.endpoint))
        assert summary.sent.total() == sent
        assert summary.refused == {"spans": 4 - sent}
        assert any(reason in sentence for sentence in summary.sentences())
        assert not summary.ok


@pytest.mark.parametrize("status", [401, 403])
def test_without_the_right_token_it_stops_at_once(tmp_path: Path, status: int) -> None:
    two_files(tmp_path)
    with http_receiver() as received:
        received.answers = [Answer(status)]
        summary, _ = replay(Options((str(tmp_path),), received.endpoint))
        assert len(received.posts) == 1
    assert "wants a token" in summary.gave_up
    assert not summary.ok


def test_with_nobody_there_it_gives_up_after_a_minute(tmp_path: Path) -> None:
    two_files(tmp_path)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        fake = Fake()
        summary, _ = replay(Options((str(tmp_path),), f"http://127.0.0.1:{bound.getsockname()[1]}"), fake)
    assert 60 <= sum(fake.slept) < 75
    assert "ConnectionRefusedError" in summary.gave_up


def test_the_bar_is_for_terminals(tmp_path: Path) -> None:
    two_files(tmp_path)
    with http_receiver() as received:
        _, shown = replay(Options((str(tmp_path),), received.endpoint), tty=True)
    assert "100%" in shown
    assert shown.rsplit("\r", 1)[-1] == ""


def test_arguments_that_cannot_be_right(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist"):
        replay(Options((str(tmp_path / "none"),)))
    with pytest.raises(ValueError, match="no http or https address"):
        replay(Options((str(tmp_path),), endpoint="ftp://x"))


def test_the_command_reads_standard_input_and_says_what_it_did(tmp_path: Path) -> None:
    with http_receiver() as received:
        command = [sys.executable, "-m", "meshui", "replay", "-", "--endpoint", received.endpoint]
        environ = {**os.environ, "MESHUI_TOKEN": "secret", "MESHUI_DATA_DIR": str(tmp_path)}
        done = subprocess.run(
            command,
            input=json.dumps(JAEGER).encode(),
            env=environ,
            cwd=REPO,
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert done.stdout.decode() == "Sent 1 spans in 1 request from 1 file; refused 0.\n"
        assert received.posts[0][1]["authorization"] == "Bearer secret"


needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the recordings in {DATA}")


@needs_data
def test_the_envoy_recording_arrives_span_by_span() -> None:
    with http_receiver() as received:
        summary, _ = replay(Options((str(DATA / "envoy"),), received.endpoint, now=True))
        spans = [span for _, span in received.spans()]
    newest = max(span.end_time_unix_nano for span in spans)
    variants = {"spans": 8063, "points": 71658, "log records": 4615}
    assert summary.sent == {
        "spans": 32_282 + variants["spans"],
        "points": 56_225 + variants["points"],
        "log records": 20_036 + variants["log records"],
    }
    assert summary.ok
    assert TODAY - 10 * S < newest <= TODAY
    assert len(spans) == summary.sent["spans"]


@needs_data
def test_the_main_envoy_recording_has_the_counts_its_readme_gives() -> None:
    with http_receiver() as received:
        replay(Options((str(DATA / "envoy" / "traces.otlp.bin.gz"),), received.endpoint))
        kinds = Counter(who["telemetry.sdk.name"] for who, _ in received.spans())
        assert kinds == {"envoy": 19_937, "opentelemetry": 12_345}
        assert len({span.trace_id for _, span in received.spans()}) == 3_004


@needs_data
def test_every_fixture_is_sent() -> None:
    with http_receiver() as received:
        summary, shown = replay(Options((str(DATA / "fixtures"),), received.endpoint, now=True))
        zipkin = [span for spans in received.of("/api/v2/spans") for span in spans]
    assert summary.sent == {"spans": 744, "Zipkin spans": 1_293, "points": 4, "log records": 1}
    assert len(zipkin) == 1_293
    assert summary.files == 20
    skipped = [text for text in shown.splitlines() if "/traces/" in text or "/metrics/otlp/" in text]
    assert skipped == []


@needs_data
def test_a_nezha_case_is_sent() -> None:
    folder = DATA / "nezha" / "train-ticket" / "normal" / "2023-01-30"
    with http_receiver() as received:
        summary, _ = replay(Options((str(folder),), received.endpoint, now=True))
        assert len(received.spans()) == 4_595
    assert summary.sent == {"spans": 4_595}
