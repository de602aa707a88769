"""Ports and certificates: bound and read before anything else is opened, so that a fault is one plain sentence."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import uvicorn

from meshui.config import Address, Config, ConfigError

LARGEST_MESSAGE = 64 * 1024
"""Of what a viewer sends: `{"type":"resync"}` is all there is to say."""


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: up.py drains in its own order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(config: Config) -> dict[str, socket.socket]:
    """`http`, `otlp_http` and `otlp_grpc`, bound. Raises ConfigError."""
    bound: dict[str, socket.socket] = {}
    try:
        for name in ("http", "otlp_http", "otlp_grpc"):
            bound[name] = _bound(name, getattr(config, name))
    except ConfigError:
        for held in bound.values():
            held.close()
        raise
    return bound


def _bound(name: str, address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address.host, address.port))
    except OSError as error:
        made.close()
        raise cannot_be_used(name, address, error.strerror or str(error)) from error
    return made


def cannot_be_used(name: str, address: Address, why: str) -> ConfigError:
    return ConfigError(
        f"{address} (MESHUI_{name.upper()}) cannot be used: {why}. "
        "Is another MeshUI or collector running? Stop it, or choose another address."
    )


def certificate(config: Config) -> tuple[bytes, bytes] | None:
    """Chain and key, PEM, if TLS is on. Raises ConfigError for a pair that cannot be used."""
    if config.tls_cert is None or config.tls_key is None:
        return None
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(config.tls_cert, config.tls_key)
        return config.tls_cert.read_bytes(), config.tls_key.read_bytes()
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"MESHUI_TLS_CERT and MESHUI_TLS_KEY cannot be used: {error}") from error


def served(config: Config, app: Any, keep_alive_s: int = 30) -> Server:
    """A server of `app` as all of ours are: bare, quick to close, no second thoughts about who asks."""
    return Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,  # it compresses once per viewer
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=keep_alive_s,
            timeout_graceful_shutdown=2,
            ssl_certfile=config.tls_cert,
            ssl_keyfile=config.tls_key,
        )
    )
