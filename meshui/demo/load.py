"""How busy each service is, and what that costs the next request: queueing without simulating a queue.

Order does not matter (requests are made whole, one after another, so their inner times overlap): work is added to a sum
that decays, and the wait follows from it by Sakasegawa's formula for M/M/c (European Journal of OR 1, 1977)."""

from math import exp, sqrt
from random import Random

MEMORY_S = 5.0
_FULL = 0.97


class Load:
    """Work in progress of one mesh. `scale` grows every service's slots with the rate of requests."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._work: dict[str, tuple[float, float]] = {}

    def add(self, target: str, at: float, busy_s: float) -> None:
        """`busy_s` of one slot of `target` were used by a request that began at `at`."""
        self._work[target] = (max(at, self._work.get(target, (at, 0.0))[0]), self._sum(target, at) + busy_s)

    def use(self, target: str, slots: float, at: float) -> float:
        """Share of the slots in use; over 1 means more work is asked for than there is room for."""
        return self._sum(target, at) / MEMORY_S / max(1.0, slots * self._scale)

    def wait_s(self, target: str, slots: float, at: float, service_s: float, rng: Random) -> float:
        """Seconds a request that takes `service_s` waits for a slot: exponential around the mean for this load."""
        room = max(1.0, slots * self._scale)
        use = min(_FULL, self.use(target, slots, at))
        mean = service_s * use ** (sqrt(2 * (room + 1)) - 1) / (room * (1 - use))
        return rng.expovariate(1 / mean) if mean > 1e-6 else 0.0

    def overflow(self, target: str, slots: float, at: float) -> float:
        """Share of requests for which the caller's circuit breaker finds the pending queue full."""
        use = self.use(target, slots, at)
        return 1 - 1 / use if use > 1 else 0.0

    def _sum(self, target: str, at: float) -> float:
        last, work = self._work.get(target, (at, 0.0))
        return work * exp((last - at) / MEMORY_S) if at > last else work
