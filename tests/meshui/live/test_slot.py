"""A slot holds one delta or the word to start over, whatever its reader does."""

from collections.abc import Callable

import pytest

from meshui.live.slot import Delta, Slot

Act = Callable[[Slot], None]


def delta(seq: int) -> Delta:
    return Delta(seq, f"delta {seq}")


def offered(*seqs: int) -> Act:
    def act(slot: Slot) -> None:
        for seq in seqs:
            slot.offer(delta(seq))

    return act


def resync(slot: Slot) -> None:
    slot.start_over()


async def test_who_joins_starts_with_the_snapshot() -> None:
    assert await Slot("60s").take() is None


@pytest.mark.parametrize(
    ("acts", "next_"),
    [
        pytest.param([offered(5)], delta(5), id="one delta"),
        pytest.param([offered(5, 6)], None, id="two before the first is sent"),
        pytest.param([offered(*range(5, 1000))], None, id="a reader that has stopped"),
        pytest.param([resync], None, id="asked to start over"),
        pytest.param([offered(5), resync], None, id="asked to, with a delta waiting"),
        pytest.param([resync, offered(5)], None, id="a delta while starting over"),
    ],
)
async def test_what_is_said_next(acts: list[Act], next_: Delta | None) -> None:
    slot = Slot("60s")
    await slot.take()
    for act in acts:
        act(slot)
    assert await slot.take() == next_
    slot.offer(delta(2000))
    assert await slot.take() == delta(2000)
