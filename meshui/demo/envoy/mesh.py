"""The whole mesh: certificates, configurations, services, Envoys; brought up, put into a scenario, taken down."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meshui.demo.envoy import admin, certificates, configuration, leash
from meshui.demo.envoy.children import Child, Failed, ServiceChild
from meshui.demo.envoy.configuration import Telemetry
from meshui.demo.envoy.counts import Counts
from meshui.demo.envoy.load import CART_SHARE
from meshui.demo.envoy.places import Place
from meshui.demo.envoy.scenarios import FAULTY_PROXY, RESTING, Trouble
from meshui.demo.envoy.service import Orders, told_line
from meshui.demo.envoy.topology import CANARY, CART, INSTANCES, STOCK, Instance

READY_S = 30.0
ENVOY_LEAVES_S, SERVICE_LEAVES_S = 4.0, 2.0
# How long an Envoy keeps what it will send: log records, counters.
LOGS_FLUSH_S, STATS_FLUSH_S = 1.2, 5.5
_POLL_S = 0.05
_QUICK_S = 0.004
_STOCK_USE = 0.36
_HICCUPS = 0.02


@dataclass
class Mesh:
    """`folder` takes its files. `rate` says how long stock's work takes, so that it is as busy at any rate."""

    server: str
    folder: Path
    at: Mapping[str, Place]
    telemetry: Telemetry
    rate: float
    seed: int
    counts: Counts = field(default_factory=Counts)
    services: dict[str, ServiceChild] = field(default_factory=dict)
    envoys: list[Child] = field(default_factory=list)

    async def start(self) -> None:
        """Returns when every Envoy takes requests. Raises Missing, or Failed also if that takes longer than READY_S."""
        made = await asyncio.to_thread(certificates.make, self.folder, INSTANCES)
        await asyncio.gather(
            *(self.start_service(each) for each in INSTANCES if each.app),
            *(self._start_envoy(each, made) for each in INSTANCES),
        )
        ends = time.monotonic() + READY_S
        for each in INSTANCES:
            while not await admin.ready(self.at[each.id].admin):
                self.check()
                if time.monotonic() > ends:
                    raise Failed(f"The Envoy of {each.id} was not ready within {READY_S:.0f} s.")
                await asyncio.sleep(_POLL_S)

    async def start_service(self, instance: Instance) -> None:
        here, busy = self.at[instance.id], instance is STOCK
        orders = Orders(
            instance.id, os.getpid(), here.app, here.calls, dict(here.tcp), self.seed,
            work_s=_STOCK_USE / (self.rate * CART_SHARE) if busy else _QUICK_S,
            slots=1 if busy else 64, fails=_resting_fails(instance),
        )  # fmt: skip
        command = [sys.executable, "-m", "meshui.demo.envoy.service"]
        self.services[instance.id] = await ServiceChild.start(command, orders, self.counts)

    async def kill_service(self, instance: str) -> None:
        await self.services.pop(instance).kill()

    async def enter(self, trouble: Trouble) -> None:
        """Everything as `trouble` has it, and all else as on an ordinary day. Raises Failed."""
        try:
            await admin.set_runtime(self.at[FAULTY_PROXY].admin, RESTING | dict(trouble.runtime))
        except OSError as away:
            await asyncio.sleep(_POLL_S)  # one that has just ended is known to have
            self.check()
            raise Failed(f"The Envoy of {FAULTY_PROXY} does not answer: {away}") from away
        for each in INSTANCES:
            if each.id in self.services:
                fails = trouble.fails.get(each.id, _resting_fails(each))
                self.services[each.id].child.tell(told_line(fails))

    def check(self) -> None:
        """Raises Failed if a part has ended by itself."""
        for child in (*self.envoys, *(each.child for each in self.services.values())):
            child.check()

    async def stop(self, flush_s: float) -> None:
        """Services first, with their last counts; Envoys `flush_s` later, so that they have sent what they had."""
        await asyncio.gather(*(each.end(SERVICE_LEAVES_S) for each in self.services.values()))
        await asyncio.sleep(flush_s)
        await asyncio.gather(*(each.end(ENVOY_LEAVES_S) for each in self.envoys))

    async def _start_envoy(self, instance: Instance, made: Mapping[str, certificates.Certificates]) -> None:
        file = self.folder / f"{instance.id}.yaml"
        file.write_text(configuration.proxy(instance, self.at, self.telemetry, made))
        command = leash.command(
            self.server, "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "--log-level", "error"
        )
        self.envoys.append(await Child.start(f"The Envoy of {instance.id}", command))


def _resting_fails(instance: Instance) -> float:
    return _HICCUPS if instance in {CART, CANARY} else 0.0
