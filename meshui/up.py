"""The composition: open engine and spool, bind ports, start the beats, drain on Ctrl-C. Nothing here decides."""

import asyncio
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import uvloop

from meshui import __version__, own_telemetry
from meshui.access import tokens
from meshui.access.address import link_address, web_address
from meshui.child import DemoChild
from meshui.config import Config
from meshui.listening import bind, cannot_be_used, certificate, served
from meshui.live.fanout import Fanout
from meshui.opening import Opened, opened
from meshui.running import Running, hold
from meshui.scrape.scraper import Scraper
from meshui.work.scheduler import Beat
from meshui.work.tick import Ticker
from telemetry.engine.retention import Kept, drop_old
from telemetry.receive.admission import Admission, Admit
from telemetry.receive.grpc_server import GrpcServer, otlp_grpc
from telemetry.receive.http_server import otlp_http
from telemetry.receive.intake import Intake
from telemetry.receive.limits import Limits
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin, Tally
from telemetry.spool.loader import Loader

DRAIN_S = 20.0
FLUSH_S = 5.0
LOAD_EVERY_S = 0.1
LONG_TICK_S, LONG_TICK_RESTS, MOST_RESTS = 0.8, 10.0, 6.0
LEAST_RESTS, REST_A_SPAN_S = 0.5, 6e-6
RETENTION_EVERY_S = 600.0

Say = Callable[[str], object]


def _tick_rests(usual_s: float, spans: int) -> float:
    """A long tick rests up to six times as long, so that signals take little from taking data in; one of 0.3 s hardly
    rests, since someone is watching. A tick that read few `spans` is long for another reason (a busy machine), and to
    rest for it would only make the graph old."""
    long = usual_s * min(MOST_RESTS, LONG_TICK_RESTS * (usual_s / LONG_TICK_S) ** 2)
    return max(LEAST_RESTS * usual_s, min(long, REST_A_SPAN_S * spans))


def _now() -> datetime:
    return datetime.now(UTC)


def main(config: Config, *, demo: str | None, open_browser: bool, say: Say) -> None:
    """Run until SIGINT or SIGTERM, with the demo mesh `demo` names. Raises ConfigError for a port, a directory or a
    certificate that cannot be used."""
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"  # children are made by exec only; its handlers warn of each
    tls, sockets = certificate(config), bind(config)
    child = DemoChild(demo) if demo else None
    try:
        parts = opened(config, _now())
        here = _Here(config, parts, sockets, tls, child, say)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(here.serve(open_browser=open_browser))
    finally:
        if child is not None:
            child.stop()


@dataclass
class _Here:
    """One server, from open ports to the last record stored."""

    config: Config
    parts: Opened
    sockets: dict[str, socket.socket]
    tls: tuple[bytes, bytes] | None
    child: DemoChild | None
    say: Say
    beats: list[Beat] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.loader = Loader(self.parts.spool, self.parts.engine, _now)

    async def serve(self, *, open_browser: bool) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        flush = own_telemetry.start()
        running = self._running(Fanout(loop))
        hold(running)
        try:
            await self._serve(running, stop, flush, open_browser=open_browser)
        finally:
            await asyncio.to_thread(self._drain)
            hold(None)

    def _running(self, fanout: Fanout) -> Running:
        started, parts = _now(), self.parts
        first_seq = int(started.timestamp() * 1000)
        config = self.config
        ticker = Ticker(parts.engine, fanout, first_seq, config.lateness, config.max_services, config.max_operations)
        return Running(started, parts.engine, parts.spool, self.loader, Tally(), fanout, ticker)

    async def _serve(
        self, running: Running, stop: asyncio.Event, flush: own_telemetry.Stop | None, *, open_browser: bool
    ) -> None:
        config = self.config
        from meshui.asgi import application  # imports Django's URL tree, which asks running()

        admit = await asyncio.to_thread(_admission, config)
        limits = Limits(config.max_body_bytes, config.max_inflated_bytes)
        receiver = otlp_http(self.parts.spool.append, admit, limits, running.tally)
        grpc_server = await self._grpc(admit, limits, running.tally)
        servers = {"http": served(config, application), "otlp_http": served(config, receiver, keep_alive_s=75)}
        ports = {name: self.sockets[name].getsockname()[1] for name in servers}
        running.web = web_address(config, ports["http"])
        running.receivers = {
            "otlp_http": f"{config.otlp_http.host}:{ports['otlp_http']}",
            "otlp_grpc": f"{config.otlp_grpc.host}:{grpc_server.port}",
        }
        serving = [asyncio.create_task(server.serve(sockets=[self.sockets[name]])) for name, server in servers.items()]
        self._start_beats(running)
        self._start_scraper(running)
        await asyncio.to_thread(self._start_demo, running)
        link = link_address(config, self.parts.sign_in, ports["http"])
        _greet(config, running, link, self.say)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()

        await stop.wait()
        self.say("Stopping: no more data is taken; what was acknowledged is stored first.")
        if self.child is not None:
            await asyncio.to_thread(self.child.stop)
        if running.scraper is not None:
            await asyncio.to_thread(running.scraper.stop)
        if flush is not None:
            await _for_a_while(flush, FLUSH_S)
        for server in servers.values():
            server.should_exit = True
        await grpc_server.stop(grace=2)
        await asyncio.gather(*serving)

    async def _grpc(self, admit: Admit, limits: Limits, tally: Tally) -> GrpcServer:
        try:
            bound = self.sockets.pop("otlp_grpc")
            return await otlp_grpc(self.parts.spool.append, admit, limits, tally, bound, self.tls)
        except OSError as error:
            raise cannot_be_used("otlp_grpc", self.config.otlp_grpc, str(error)) from error

    def _start_beats(self, running: Running) -> None:
        config, ticker, engine = self.config, running.ticker, self.parts.engine
        kept = Kept(traces=timedelta(seconds=config.retention_traces))

        def rest(usual_s: float) -> float:
            return _tick_rests(usual_s, ticker.refreshed.spans_seen if ticker.refreshed else 0)

        tick = Beat("tick", lambda: ticker.tick(_now()), 2 * config.tick, apart_s=config.tick, rest=rest)

        def load() -> None:
            if self.loader.load_sealed():
                tick.nudge()  # what has just become queryable does not wait for the beat

        self.beats = [
            Beat("load", load, LOAD_EVERY_S),
            tick,
            Beat("retention", lambda: drop_old(engine, _now(), kept), RETENTION_EVERY_S),
            Beat("tokens", tokens.read_again, tokens.REREAD_S),
        ]
        for beat in self.beats:
            beat.start()

    def _start_scraper(self, running: Running) -> None:
        """What it finds goes to the spool by the loop that the receivers are on."""
        if not self.config.scrape:
            return
        loop, intake = asyncio.get_running_loop(), Intake(self.parts.spool.append, running.tally)

        def store(batch: Batch, origin: Origin) -> Rejection | None:
            return asyncio.run_coroutine_threadsafe(intake.store(batch, origin), loop).result()

        running.scraper = Scraper(self.config.scrape, store)
        running.scraper.start()

    def _start_demo(self, running: Running) -> None:
        """Tell the child where to send, with a token of its own where one is needed."""
        if self.child is None:
            return
        config, token = self.config, ""
        if config.ingest_needs_token:
            token = tokens.create(f"demo {running.started:%Y-%m-%d %H:%M:%S.%f}", "ingest", running.started)
            tokens.read_again()
        endpoint = f"{'https' if config.tls else 'http'}://{_reached(running.receivers['otlp_grpc'])}"
        self.child.go(endpoint, token, "" if config.tls_cert is None else str(config.tls_cert.absolute()))

    def _drain(self) -> None:
        """Seal and load what is spooled, let the beats end, close the engine."""
        self.parts.spool.close()
        for beat in self.beats:
            beat.stop()
        if not self.loader.drain(DRAIN_S):
            self.say("Not all could be stored now; it waits in the spool for the next start.")
        self.parts.engine.close()


async def _for_a_while(work: Callable[[], object], seconds: float) -> None:
    """Wait for `work`, but no longer than that; what is left of it does not keep the process."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    await asyncio.to_thread(partial(thread.join, seconds))


def _reached(address: str) -> str:
    """Where this machine reaches what is bound to every address."""
    return address.replace("0.0.0.0:", "127.0.0.1:", 1).replace(":::", "[::1]:", 1)


def _admission(config: Config) -> Admit:
    """Who may send: anyone on loopback (unless told otherwise), else a token with the scope ingest."""
    if not config.ingest_needs_token:
        return lambda _token: Admission.GRANTED
    return tokens.book().admission


def _greet(config: Config, running: Running, link: str, say: Say) -> None:
    say(f"MeshUI {__version__}")
    say(f"  Open   {link}" if config.auth == "on" else f"  Open   {running.web}/")
    say(f"  Send   OTLP/gRPC {running.receivers['otlp_grpc']} · OTLP/HTTP, Zipkin {running.receivers['otlp_http']}")
    say(f"  Data   {config.data_dir.resolve()}")
    say(
        "The link signs you in once; `meshui link` prints another. Ctrl-C stops."
        if config.auth == "on"
        else "Ctrl-C stops."
    )
