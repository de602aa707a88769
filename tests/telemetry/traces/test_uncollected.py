"""The collector rests while anybody is inside, and is as it was afterwards."""

import gc
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from telemetry.traces.uncollected import uncollected


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


def test_it_rests_inside_and_goes_on_after() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_inside_lets_it_go_on() -> None:
    with pytest.raises(ValueError, match="x"), uncollected():
        raise ValueError("x")
    assert gc.isenabled()


def test_who_had_switched_it_off_finds_it_so() -> None:
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()


def test_the_last_thread_out_switches_it_on() -> None:
    entered, leave = Event(), Event()

    def other() -> None:
        with uncollected():
            entered.set()
            leave.wait(30)

    thread = Thread(target=other)
    with uncollected():
        thread.start()
        assert entered.wait(30)
    assert not gc.isenabled()
    leave.set()
    thread.join(30)
    assert gc.isenabled()
