"""The clock of the mesh of real Envoys: visitors come, scenarios change, each is announced; Ctrl-C ends it in order."""

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from meshui.demo.envoy.binary import server
from meshui.demo.envoy.configuration import Telemetry
from meshui.demo.envoy.counts import Counts
from meshui.demo.envoy.load import Load
from meshui.demo.envoy.mesh import LOGS_FLUSH_S, STATS_FLUSH_S, Mesh
from meshui.demo.envoy.places import Place, Ports, own_folder, places
from meshui.demo.envoy.scenarios import PROBLEMS, SCENARIOS, STEADY, Trouble
from meshui.demo.envoy.topology import GATEWAY, INSTANCES
from meshui.demo.run import ANNOUNCE_S, Options
from meshui.demo.sending import Outbox, exporters
from meshui.demo.timeline import in_turn

_BEAT_S = 0.1
_DEAD_S, _ALIVE_S = 3.0, 5.0


def run(options: Options, stop: Event, say: Callable[[str], None]) -> int:
    """Until `stop` is set or the duration is over; answers how many requests were made. Raises Missing or Failed.

    Call it in the main thread: the children's leash is tied to the thread that starts them."""
    executable = server()
    authority = os.environ.get("OTEL_EXPORTER_OTLP_CERTIFICATE", "")
    telemetry = Telemetry.at(options.endpoint, options.token, authority)
    folder = own_folder(Path(tempfile.gettempdir()))
    ports = Ports()
    try:
        at = places(ports, folder)
        mesh = Mesh(executable, folder, at, telemetry, options.rate, options.seed)
        return asyncio.run(_Run(options, mesh, at, stop, say).run())
    finally:
        ports.close()
        shutil.rmtree(folder, ignore_errors=True)


class _Run:
    def __init__(
        self, options: Options, mesh: Mesh, at: dict[str, Place], stop: Event, say: Callable[[str], None]
    ) -> None:
        self._options, self._mesh, self._stop, self._say = options, mesh, stop, say
        self._load = Load(at[GATEWAY.id].arrivals, options.rate, options.seed, mesh.counts)
        self._timeline = in_turn(PROBLEMS, STEADY)
        self._outbox = Outbox(*exporters(options.endpoint, options.token), options.endpoint, say)
        self._announced = 0.0

    async def run(self) -> int:
        options, mesh, load = self._options, self._mesh, self._load
        began_ns = time.time_ns()
        try:
            await mesh.start()
            self._say(
                f"{len(INSTANCES)} Envoys, {options.rate:g} requests/s, OTLP over gRPC to {options.endpoint}; "
                "Ctrl-C ends it."
            )
            visitors = asyncio.create_task(load.run())
            await self._until_the_end()
            visitors.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await visitors
            await load.finish()
        finally:
            await mesh.stop(LOGS_FLUSH_S if options.count is None else STATS_FLUSH_S)
            await asyncio.to_thread(self._outbox.close)
        if options.count is not None:
            _write(options.count, mesh.counts, began_ns, time.time_ns())
        return load.made

    async def _until_the_end(self) -> None:
        """A beat at a time: enter the scenario that is due, kill what it kills, announce it, and see that all live."""
        began, running, changed = time.monotonic(), "", 0.0
        while not self._stop.is_set():
            at = time.monotonic() - began
            if self._options.duration_s is not None and at >= self._options.duration_s:
                return
            trouble = self._due(at)
            if trouble.name != running:
                running, changed, self._announced = trouble.name, at, at - ANNOUNCE_S
                self._say(f"Scenario {trouble.name}: {trouble.sentence}")
                await self._mesh.enter(trouble)
                self._load.traffic = trouble.traffic
            await self._kill_or_start(trouble, at - changed)
            if at - self._announced >= max(ANNOUNCE_S, self._outbox.wait_s):
                self._announced = at
                await asyncio.to_thread(self._outbox.announce, trouble, time.time_ns())
            self._mesh.check()
            await asyncio.sleep(_BEAT_S)

    def _due(self, at: float) -> Trouble:
        if self._options.scenario:
            return SCENARIOS[self._options.scenario]
        return self._timeline(at)

    async def _kill_or_start(self, trouble: Trouble, since: float) -> None:
        dead = trouble.killed if trouble.killed and since % (_DEAD_S + _ALIVE_S) >= _ALIVE_S else ""
        for each in INSTANCES:
            runs = each.id in self._mesh.services
            if runs and each.id == dead:
                await self._mesh.kill_service(each.id)
            elif not runs and each.app and each.id != dead:
                await self._mesh.start_service(each)


def _write(path: Path, counts: Counts, began_ns: int, ended_ns: int) -> None:
    path.write_text(json.dumps({"began_ns": began_ns, "ended_ns": ended_ns, "edges": counts.edges()}, indent=1))
