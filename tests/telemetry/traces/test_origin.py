"""Where a failure began, as drawings in tests/cases/origins: one for each kind of fault as real Envoys show it
(envoy-real.md §3.2), and for applications alone. The origin is labelled `#here`."""

from pathlib import Path

import pytest
from hypothesis import given

from telemetry.outcome import Outcome, Side, classify
from telemetry.span import Span, Trace
from telemetry.traces.origin import judge, origin
from tests.telemetry.traces.drawn import drawn
from tests.telemetry.traces.shapes import spans, traces

CASES = sorted((Path(__file__).parents[2] / "cases" / "origins").glob("*.case"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_where_it_began_and_why(case: Path) -> None:
    text, _, expected = case.read_text().partition("\nexpect\n")
    found = drawn("\n".join(line for line in text.splitlines() if not line.startswith("#")))
    began = origin(found.trace)
    assert (began.text if began else "nothing failed") == expected.strip()
    assert (began and began.index) == found.labels.get("here")


@given(traces())
def test_an_origin_failed_and_a_failed_request_has_one(trace: Trace) -> None:
    began, root = origin(trace), judge(trace.spans[trace.root])
    if began is None:
        assert root in (None, Outcome.OK)
        return
    assert judge(trace.spans[began.index]) not in (None, Outcome.OK)
    assert began.text


@given(spans())
def test_spans_are_judged_as_requests_are(sent: list[Span]) -> None:
    """The short cuts of judge, which sees every span of a page, change nothing."""
    for span in sent:
        if span.role == "local" or judge(span) is None:
            continue
        side: Side = "client" if span.role in ("out", "send") else "server"
        grpc = -1 if span.grpc is None else span.grpc
        status = 2 if span.status == "error" else 0
        assert judge(span) is classify(span.code or 0, grpc, ",".join(span.flags), status, side)
