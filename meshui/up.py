"""The composition: open engine and spool, bind ports, start the beats, drain on Ctrl-C. Nothing here decides."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
import uvloop
from django.core.management import call_command
from django.db import close_old_connections

from meshui import __version__
from meshui.access import people, tokens
from meshui.access.address import link_address, web_address
from meshui.config import Address, Config, ConfigError
from meshui.live.fanout import Fanout
from meshui.running import Running, hold
from meshui.work.scheduler import Beat
from meshui.work.tick import Ticker
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Engine, EngineError
from telemetry.engine.migrate import migrate
from telemetry.engine.retention import Kept, drop_old
from telemetry.receive.admission import Admission, Admit
from telemetry.receive.grpc_server import otlp_grpc
from telemetry.receive.http_server import otlp_http
from telemetry.receive.limits import Limits
from telemetry.receive.tally import Tally
from telemetry.spool.loader import Loader
from telemetry.spool.spool import Spool

DRAIN_S = 20.0
LOAD_EVERY_S = 0.1
TICK_RESTS = 3.0  # a tick that took 0.5 s rests 1.5 s, so signals never take more than a quarter of one core
RETENTION_EVERY_S = 600.0

Say = Callable[[str], object]


def _now() -> datetime:
    return datetime.now(UTC)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: up.py drains in its own order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class _Opened:
    engine: Engine
    spool: Spool
    sign_in: str


def main(config: Config, *, demo: bool, open_browser: bool, say: Say) -> None:
    """Run until SIGINT or SIGTERM. Raises ConfigError for a port, a directory or a certificate that cannot be used."""
    sockets = {name: _bind(name, address) for name, address in _named(config).items()}
    opened = _open(config)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config, opened, sockets, demo=demo, open_browser=open_browser, say=say))


def _named(config: Config) -> dict[str, Address]:
    return {"http": config.http, "otlp_http": config.otlp_http, "otlp_grpc": config.otlp_grpc}


def _bind(name: str, address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address.host, address.port))
    except OSError as error:
        raise ConfigError(
            f"{address} (MESHUI_{name.upper()}) cannot be used: {error.strerror}. "
            "Is another MeshUI or collector running? Stop it, or choose another address."
        ) from error
    return bound


def _open(config: Config) -> _Opened:
    """Engine, spool and MeshUI's own database, side by side: most of the start is waiting for them."""
    with ThreadPoolExecutor(2) as pool:
        engine = pool.submit(_open_engine, config)
        sign_in = pool.submit(_open_own_database)
        spool = Spool.open(config.spool_dir, config.spool_max_bytes)
        return _Opened(engine.result(), spool, sign_in.result())


def _open_engine(config: Config) -> Engine:
    try:
        engine = open_embedded(config.engine_dir)
        migrate(engine)
    except EngineError as error:
        raise ConfigError(f"The engine in {config.engine_dir} does not open: {error}") from error
    return engine


def _open_own_database() -> str:
    """Bring Django's tables up to date; the secret of a new sign-in link for the owner."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
        return people.new_link(people.owner(), _now())
    finally:
        close_old_connections()


async def _serve(
    config: Config, opened: _Opened, sockets: dict[str, socket.socket], *, demo: bool, open_browser: bool, say: Say
) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    started = _now()
    tally = Tally()
    fanout = Fanout(loop)
    loader = Loader(opened.spool, opened.engine, _now)
    ticker = Ticker(opened.engine, fanout, int(started.timestamp() * 1000), config.lateness)
    running = Running(started, opened.engine, opened.spool, loader, tally, fanout, ticker)
    hold(running)

    from meshui.asgi import application  # imports Django's URL tree, which asks running()

    admit = _admission(config)
    limits = Limits(config.max_body_bytes, config.max_inflated_bytes)
    receiver = otlp_http(opened.spool.append, admit, limits, tally)
    grpc_socket = sockets.pop("otlp_grpc")
    grpc_server = await otlp_grpc(opened.spool.append, admit, limits, tally, grpc_socket, _tls(config))
    servers = {
        "http": _Server(_uvicorn(config, application)),
        "otlp_http": _Server(_uvicorn(config, receiver, keep_alive_s=75)),
    }
    ports = {name: sock.getsockname()[1] for name, sock in sockets.items()}
    running.web = web_address(config, ports["http"])
    running.receivers = {
        "otlp_http": f"{config.otlp_http.host}:{ports['otlp_http']}",
        "otlp_grpc": f"{config.otlp_grpc.host}:{grpc_server.port}",
    }
    serving = [asyncio.create_task(server.serve(sockets=[sockets[name]])) for name, server in servers.items()]

    kept = Kept(traces=timedelta(seconds=config.retention_traces))
    beats = [
        Beat("load", loader.load_sealed, LOAD_EVERY_S),
        Beat("tick", lambda: ticker.tick(_now()), config.tick, rest=TICK_RESTS),
        Beat("retention", lambda: drop_old(opened.engine, _now(), kept), RETENTION_EVERY_S),
        Beat("tokens", tokens.book, tokens.REREAD_S),
    ]
    for beat in beats:
        beat.start()
    child = await _start_demo(config, running) if demo else None
    link = link_address(config, opened.sign_in, ports["http"])
    _greet(config, running, link, say)
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()

    await stop.wait()
    say("Stopping: no more data is taken; what was acknowledged is stored first.")
    if child is not None and child.returncode is None:
        child.terminate()
        await child.wait()
    for server in servers.values():
        server.should_exit = True
    await grpc_server.stop(grace=2)
    await asyncio.gather(*serving)
    await asyncio.to_thread(_drain, opened, loader, beats)
    hold(None)


def _drain(opened: _Opened, loader: Loader, beats: list[Beat]) -> None:
    """Seal and load what is spooled, let the beats end, close the engine."""
    opened.spool.close()
    for beat in beats:
        beat.stop()
    loader.drain(DRAIN_S)
    opened.engine.close()


def _admission(config: Config) -> Admit:
    """Who may send: anyone on loopback (unless told otherwise), else a token with the scope ingest."""
    if not config.ingest_needs_token:
        return lambda _token: Admission.GRANTED
    return tokens.book().admission


def _uvicorn(config: Config, app: Any, keep_alive_s: int = 30) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws_per_message_deflate=False,
        timeout_keep_alive=keep_alive_s,
        timeout_graceful_shutdown=2,
        ssl_certfile=config.tls_cert,
        ssl_keyfile=config.tls_key,
    )


def _tls(config: Config) -> tuple[bytes, bytes] | None:
    """Certificate chain and key, checked here so that a bad pair is one plain sentence."""
    if config.tls_cert is None or config.tls_key is None:
        return None
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(config.tls_cert, config.tls_key)
        return config.tls_cert.read_bytes(), config.tls_key.read_bytes()
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"MESHUI_TLS_CERT and MESHUI_TLS_KEY cannot be used: {error}") from error


async def _start_demo(config: Config, running: Running) -> asyncio.subprocess.Process:
    """The demo mesh as a child by exec: a client like any other, with a token of its own where one is needed."""
    scheme = "https" if config.tls else "http"
    environ = dict(os.environ)
    if config.ingest_needs_token:
        name = f"demo {running.started:%Y-%m-%d %H:%M:%S}"
        environ["MESHUI_TOKEN"] = await asyncio.to_thread(tokens.create, name, "ingest", running.started)
        await asyncio.to_thread(tokens.book().read_again)
    if config.tls_cert is not None:
        environ["OTEL_EXPORTER_OTLP_CERTIFICATE"] = str(config.tls_cert)
    endpoint = f"{scheme}://{running.receivers['otlp_grpc']}"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "meshui.demo", "--endpoint", endpoint, env=environ, start_new_session=True
    )


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
