"""The fan-out over the real in-process channel layer: who is served, when, and what nobody looks at costs nothing."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from meshui.live.fanout import ALWAYS, Fanout
from meshui.live.slot import Delta
from telemetry.publish.feed import Feed, advance
from tests.graphs import judged, node

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def feeds() -> Iterable[Feed]:
    """One after another, each with something changed."""
    last, number = None, 0
    while True:
        graph = judged(node("shop/cart", 100 + 60 * number), at=START + timedelta(seconds=number))
        last = advance(last, graph, 1000)
        yield last
        number += 1


@pytest.fixture
async def fanout() -> Fanout:
    return Fanout(asyncio.get_running_loop())


async def pushed(fanout: Fanout, window: str, feed: Feed) -> None:
    """As the tick's thread does, and wait until the group has it."""
    done = await asyncio.to_thread(fanout.send, window, feed)
    if done is not None:
        await asyncio.wrap_future(done)
    await asyncio.sleep(0)


async def test_a_window_that_nobody_looks_at_is_not_kept(fanout: Fanout) -> None:
    assert fanout.watched() == set()
    slot = await fanout.join("5m")
    other = await fanout.join("5m")
    assert (fanout.watched(), fanout.viewers()) == ({"5m"}, 2)
    fanout.leave(slot)
    assert fanout.watched() == {"5m"}
    fanout.leave(other)
    fanout.leave(other)
    assert (fanout.watched(), fanout.viewers()) == (set(), 0)


async def test_each_viewer_gets_the_same_delta(fanout: Fanout) -> None:
    first, second = await fanout.join("60s"), await fanout.join("60s")
    one, two, three = (feed for feed, _ in zip(feeds(), range(3), strict=False))
    await pushed(fanout, "60s", one)
    for slot in (first, second):
        assert await slot.take() is None
    await pushed(fanout, "60s", two)
    got = [await slot.take() for slot in (first, second)]
    assert two.delta is not None
    assert got[0] is got[1]
    assert got[0] == Delta(two.seq, two.delta.decode())
    fanout.leave(first)
    await pushed(fanout, "60s", three)
    assert (await second.take()) == Delta(three.seq, (three.delta or b"").decode())
    assert not first._filled.is_set()


async def test_only_the_window_that_was_sent_is_told(fanout: Fanout) -> None:
    short, long = await fanout.join("60s"), await fanout.join("5m")
    await short.take()
    await long.take()
    one, two = (feed for feed, _ in zip(feeds(), range(2), strict=False))
    await pushed(fanout, "60s", one)
    await pushed(fanout, "60s", two)
    assert short._filled.is_set()
    assert not long._filled.is_set()


async def test_a_viewer_before_the_first_tick_is_told_when_it_is_there(fanout: Fanout) -> None:
    slot = await fanout.join("5m")
    assert await slot.take() is None
    assert fanout.current("5m") is None
    await pushed(fanout, "5m", next(iter(feeds())))
    assert await asyncio.wait_for(slot.take(), 5) is None
    assert fanout.current("5m") is not None


async def test_a_window_left_long_ago_is_not_shown_as_if_it_were_now(fanout: Fanout) -> None:
    one, two = (feed for feed, _ in zip(feeds(), range(2), strict=False))
    slot = await fanout.join("5m")
    await pushed(fanout, "5m", one)
    fanout.leave(slot)
    again = await fanout.join("5m")
    assert await again.take() is None
    assert fanout.current("5m") is None
    assert fanout.feed("5m") is one, "its seq goes on where it was"
    await pushed(fanout, "5m", two)
    assert await asyncio.wait_for(again.take(), 5) is None, "the delta of old leads nowhere for who has no snapshot"
    assert fanout.current("5m") is two


async def test_a_tick_that_ends_after_the_last_viewer_has_left_keeps_nothing_up(fanout: Fanout) -> None:
    slot = await fanout.join("5m")
    fanout.leave(slot)
    await pushed(fanout, "5m", next(iter(feeds())))
    assert fanout.current("5m") is None


async def test_the_window_every_page_begins_with_is_always_there(fanout: Fanout) -> None:
    feed = next(iter(feeds()))
    await pushed(fanout, ALWAYS, feed)
    assert fanout.current(ALWAYS) is feed
    fanout.leave(await fanout.join(ALWAYS))
    assert fanout.current(ALWAYS) is feed
    assert fanout.graph(ALWAYS) is feed.graph


async def test_leaving_and_joining_at_once_loses_no_delta(fanout: Fanout) -> None:
    one, two = (feed for feed, _ in zip(feeds(), range(2), strict=False))
    await pushed(fanout, "60s", one)
    for _ in range(20):
        fanout.leave(await fanout.join("60s"))
    slot = await fanout.join("60s")
    await slot.take()
    await pushed(fanout, "60s", two)
    assert await asyncio.wait_for(slot.take(), 5) == Delta(two.seq, (two.delta or b"").decode())


async def test_a_viewer_who_gives_up_while_joining_is_not_counted(fanout: Fanout) -> None:
    joining = asyncio.create_task(fanout.join("60s"))
    await asyncio.sleep(0)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert fanout.viewers() == 0
