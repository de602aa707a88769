"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_S = 0.05


def until(ask: Callable[[], T], what: str, within_s: float = 30.0) -> T:
    """The first truthy answer of `ask`; fails with `what` and the last answer after `within_s`."""
    ends = time.monotonic() + within_s
    answer = ask()
    while not answer and time.monotonic() < ends:
        time.sleep(PAUSE_S)
        answer = ask()
    assert answer, f"{what}: not within {within_s:.0f} s; last answer {answer!r}"
    return answer
