"""What the roll-ups have to compute of one signal: buckets (Unix seconds), and the segments that wait for them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass
class Todo:
    """`stale`: to compute; `dirty`: those of them that got rows; `open`: to compute once more when they are old enough
    to be final; `segments`: each with its buckets that are not final; `whole_at`: when versions and operations of a
    bucket that is not final were last computed; `rests_until`: by the monotonic clock."""

    stale: set[int] = field(default_factory=set)
    dirty: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    segments: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    whole_at: dict[int, float] = field(default_factory=dict)
    rests_until: float = 0.0

    def take(self, segment: tuple[int, int], buckets: set[int]) -> set[int]:
        """A segment that became queryable; answers its buckets, none if it is known."""
        if segment in self.segments:
            return set()
        self.segments[segment] = set(buckets)
        self.dirty |= buckets
        self.stale |= buckets
        return buckets

    def ripen(self, settled: int) -> None:
        """Buckets up to `settled` are old enough to be final."""
        ripe = {bucket for bucket in self.open if bucket <= settled}
        self.open -= ripe
        self.stale |= ripe

    def is_ready(self, at: float) -> bool:
        """Whether there is something to compute, and it has rested."""
        return bool(self.stale) and at >= self.rests_until

    def newest_run(self, step: int, most: int) -> list[int]:
        """The newest stale bucket and those just before it."""
        run = [max(self.stale)]
        while len(run) < most and run[-1] - step in self.stale:
            run.append(run[-1] - step)
        return run

    def wants_whole(self, buckets: set[int], settled: int, now: float, seldom_s: float) -> bool:
        """Whether versions and operations of these buckets are due."""
        return min(buckets) <= settled or any(now - self.whole_at.get(bucket, 0) >= seldom_s for bucket in buckets)

    def wrote_whole(self, buckets: set[int], settled: int, now: float) -> None:
        self.whole_at = {bucket: at for bucket, at in self.whole_at.items() if bucket > settled}
        self.whole_at |= dict.fromkeys(buckets, now)

    def computed(self, done: set[int], settled: int, waiting: Set[int] = frozenset()) -> None:
        """These buckets are up to date; what is not final, and what waits for its neighbour, comes again."""
        self.stale -= done
        self.dirty -= done
        self.open |= {bucket for bucket in done if bucket > settled} | waiting
        final = done - self.open
        for buckets in self.segments.values():
            buckets.difference_update(final)

    def finished(self) -> list[tuple[int, int]]:
        """Segments with nothing left to do; they are forgotten."""
        ended = [segment for segment, buckets in self.segments.items() if not buckets]
        for segment in ended:
            del self.segments[segment]
        return ended


def fitting(costs: Sequence[int], most: int) -> int:
    """How many of the first together cost no more than `most`; at least one."""
    return max(1, sum(total <= most for total in accumulate(costs)))
