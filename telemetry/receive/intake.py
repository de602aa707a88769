"""What HTTP and gRPC share: a checked batch goes to the spool, every answer is counted."""

import time
from collections.abc import Callable

from telemetry import counters
from telemetry.receive import rejection
from telemetry.receive.admission import Append
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin, Tally
from telemetry.spool.segment import received
from telemetry.spool.spool import SpoolFailed, SpoolFull


class Intake:
    """`append` may raise SpoolFull and SpoolFailed; both are a Rejection that tells the sender to come again."""

    def __init__(self, append: Append, tally: Tally, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._append, self._tally, self._clock_ns = append, tally, clock_ns

    async def store(self, batch: Batch, origin: Origin) -> Rejection | None:
        """Durable and counted when it answers None. A batch without a span, point or record has nothing to store."""
        started = time.perf_counter()
        try:
            if batch.count or batch.families:
                await self._append(batch.signal, received(batch.data, self._clock_ns(), origin.peer.encode()))
        except SpoolFull as full:
            return rejection.SPOOL_FULL.saying(held=full.held, bound=full.bound)
        except SpoolFailed as failed:
            return rejection.SPOOL_FAILED.saying(why=failed)
        at = self._clock_ns() / 1e9
        self._tally.accepted(origin, batch.signal, batch.count, len(batch.data), at)
        if batch.rejected:
            self._tally.rejected(origin, 200, batch.reason, at, batch.rejected)
        counters.append_seconds.record(time.perf_counter() - started)
        return None

    def refused(self, no: Rejection, origin: Origin) -> None:
        """The sender is about to hear this no."""
        self._tally.rejected(origin, no.http, no.text, self._clock_ns() / 1e9)
