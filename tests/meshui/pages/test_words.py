"""The words of numbers are the browser's: one file of cases for both."""

import json
from pathlib import Path

import pytest

from meshui.pages import words

CASES = json.loads((Path(__file__).parents[3] / "static" / "test" / "words.json").read_text())
ROWS = [(name, value, text) for name, rows in CASES.items() for value, text in rows]


@pytest.mark.parametrize(("name", "value", "text"), ROWS, ids=repr)
def test_a_number_reads_as_in_the_browser(name: str, value: float | None, text: str) -> None:
    assert getattr(words, name)(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 * 2**40, "3.0 TiB")]
)
def test_bytes(value: float | None, text: str) -> None:
    assert words.size(value).replace(words.GAP, " ") == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (59.6, "1 min"), (3599, "59 min"), (86400, "1 d")])
def test_a_length_of_time(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


@pytest.mark.parametrize(("number", "text"), [(1, "1 service"), (0, "0 services"), (1120, "1,120 services")])
def test_plural(number: int, text: str) -> None:
    assert words.plural(number, "service") == text
