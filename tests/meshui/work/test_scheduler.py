"""A beat goes on whatever its work does, says each trouble once, and ends when told."""

import logging
import threading
from collections.abc import Callable

import pytest

from meshui.work.scheduler import Beat, Failures
from telemetry.engine.engine import Away


def raised(text: str, code: int = 0) -> Exception:
    try:
        raise Away(text, code)
    except Away as error:
        return error


def test_a_beat_goes_on_after_an_error() -> None:
    done, calls = threading.Event(), []

    def work() -> None:
        calls.append(1)
        if len(calls) == 3:
            done.set()
        raise ValueError("not today")

    beat = Beat("test", work, every_s=0.001)
    beat.start()
    assert done.wait(10)
    beat.stop()


def test_a_nudge_does_not_wait_for_the_beat() -> None:
    called = threading.Semaphore(0)
    beat = Beat("test", called.release, every_s=3600)
    beat.start()
    assert called.acquire(timeout=10)
    beat.nudge()
    assert called.acquire(timeout=10)
    beat.stop()


def test_stopping_lets_the_work_in_hand_end() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(10)
        ended.set()

    beat = Beat("test", work, every_s=3600)
    beat.start()
    assert begun.wait(10)
    stopping = threading.Thread(target=beat.stop)
    stopping.start()
    may_end.set()
    stopping.join(10)
    assert ended.is_set()


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        pytest.param(["disk full"] * 5, 1, id="the same every second"),
        pytest.param(["used 17 MiB", "used 18 MiB"], 1, id="the same with another number"),
        pytest.param(["a", "well", "a"], 2, id="back after it was gone"),
    ],
)
def test_a_cause_is_said_once(caplog: pytest.LogCaptureFixture, happens: list[str], said: int) -> None:
    failures = Failures("meshui-test")
    for text in happens:
        if text == "well":
            failures.went_well()
        else:
            failures.failed(raised(text))
    assert errors(caplog) == said


def test_another_cause_is_said_too(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures("meshui-test")
    for code in (241, 243, 243):
        failures.failed(raised("cannot", code))
    assert errors(caplog) == 2


def test_the_end_of_trouble_is_said(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures("meshui-test")
    for act in (failures.went_well, lambda: failures.failed(raised("x")), failures.went_well, failures.went_well):
        call(act)
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "meshui-test works again after failing 1 times"
    ]


def call(act: Callable[[], None]) -> None:
    act()


def errors(caplog: pytest.LogCaptureFixture) -> int:
    return sum(record.levelno == logging.ERROR for record in caplog.records)
