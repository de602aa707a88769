"""Visitors: requests at the gateway as a Poisson process, each counted as it ended."""

import asyncio
from random import Random

from meshui.demo.envoy.counts import NO_ANSWER, Counts
from meshui.demo.envoy.http1 import Caller, Request
from meshui.demo.envoy.topology import GATEWAY, WEB

_PAGES = ("/", "/cart", "/checkout")
_OFTEN = (5, 3, 2)
_MOST_AT_ONCE = 500
CART_SHARE = sum(_OFTEN[1:]) / sum(_OFTEN)


class Load:
    """`rate` requests a second, times what the scenario says."""

    def __init__(self, port: int, rate: float, seed: int, counts: Counts) -> None:
        self._caller, self._rate, self._rng, self._counts = Caller(port), rate, Random(seed), counts
        self._visits: set[asyncio.Task[None]] = set()
        self.traffic, self.made = 1.0, 0

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += self._rng.expovariate(self._rate * self.traffic)
            await asyncio.sleep(max(0.0, due - loop.time()))
            (page,) = self._rng.choices(_PAGES, _OFTEN)
            if len(self._visits) < _MOST_AT_ONCE:
                visit = asyncio.create_task(self._visit(page))
                self._visits.add(visit)
                visit.add_done_callback(self._visits.discard)

    async def finish(self) -> None:
        """Wait for the answers that are still due."""
        await asyncio.gather(*self._visits)
        self._caller.close()

    async def _visit(self, page: str) -> None:
        method = "POST" if page == "/checkout" else "GET"
        try:
            outcome = str((await self._caller.ask("shop.example.com", Request(method, page))).status)
        except OSError:
            outcome = NO_ANSWER
        self.made += 1
        self._counts.add(GATEWAY.service, WEB.service, outcome)
