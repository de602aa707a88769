"""Trace ids as people paste them; the same cases hold the JavaScript to them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.trace_id import trace_id_in

CASES = json.loads((Path(__file__).parents[1] / "cases" / "trace-ids.json").read_text())


@pytest.mark.parametrize(("text", "found"), CASES)
def test_what_is_pasted(text: str, found: str | None) -> None:
    assert trace_id_in(text) == found


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1))
def test_an_id_is_found_in_each_of_its_forms(trace: int, span: int) -> None:
    bare = f"{trace:032x}"
    uuid = "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))
    forms = (bare, bare.upper(), uuid, f"00-{bare}-{span:016x}-01", f"x trace_id={bare} span_id={span:016x}")
    assert {trace_id_in(form) for form in forms} == {bare}


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    found = trace_id_in(text)
    assert found is None or (len(found) == 32 and set(found) <= set("0123456789abcdef"))
