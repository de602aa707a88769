"""The table of noes: each is complete, and only those that pass by themselves tell a sender to come again."""

from string import Formatter

import pytest

from telemetry.receive import answer, rejection
from telemetry.receive.admission import bearer
from telemetry.receive.rejection import Rejection

IDS = [no.name for no in rejection.ALL]


@pytest.mark.parametrize("no", rejection.ALL, ids=IDS)
def test_each_no_has_its_codes_and_a_sentence(no: Rejection) -> None:
    facts = {name: 7 for _, name, _, _ in Formatter().parse(no.text) if name}
    said = no.saying(**facts)
    assert "{" not in said.text
    assert said.text.endswith(".")
    assert 400 <= no.http <= 503
    assert 1 <= no.grpc <= 16


@pytest.mark.parametrize("no", rejection.ALL, ids=IDS)
def test_a_sender_may_repeat_exactly_what_says_when(no: Rejection) -> None:
    """OTLP senders repeat 429, 502, 503, 504, and RESOURCE_EXHAUSTED only with RetryInfo; Prometheus drops on 429."""
    assert (no.http in (429, 502, 503, 504)) == (no.retry_after_s > 0)
    assert no.http != 429
    assert bool(answer.status_of(no).details) == (no.retry_after_s > 0)


def test_the_table_has_every_no() -> None:
    assert {no for no in vars(rejection).values() if isinstance(no, Rejection)} == set(rejection.ALL)


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Bearer", None), ("Basic abc", None), ("", None)],
)
def test_a_bearer_token(header: str, token: str | None) -> None:
    assert bearer(header) == token
