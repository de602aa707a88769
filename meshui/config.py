"""Every MESHUI_ setting, one row: name, default, parser, sentence. docs/settings.md is made from it."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from meshui.scrape import target
from telemetry.window import parse_duration

PREFIX = "MESHUI_"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB|kB|MB|GB)?")
_SIZES = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "kB": 10**3, "MB": 10**6, "GB": 10**9}


class ConfigError(Exception):
    """A setting that cannot be used; the text says which, why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Address:
    """host:port to bind. Port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it; decided by the address bound, never by a peer."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is no address: expected host:port, like 127.0.0.1:8000")
    return Address(host.strip("[]") or "0.0.0.0", int(port))  # noqa: S104  `:8000` means every address, as elsewhere


def parse_size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no size: expected a number and KiB, MiB or GiB, like 2GiB")
    return int(float(match[1]) * _SIZES[match[2] or "B"])


def parse_number(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= 100_000:
        raise ValueError(f"{text!r} is no whole number from 2 to 100000")
    return int(text)


def parse_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_targets(text: str) -> tuple[str, ...]:
    return target.checked(parse_list(text))


def one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text

    return parse


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _optional_path(text: str) -> Path | None:
    return _path(text) if text else None


def setting(default: str, parse: Callable[[str], Any], sentence: str) -> Any:
    """A row of the table: `default` as a person would write it."""
    return field(metadata={"default": default, "parse": parse, "sentence": sentence})


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, parsed. Names in the environment are `MESHUI_` and the field's name in capitals."""

    data_dir: Path = setting(".meshui", _path, "Where telemetry, the spool and MeshUI's own database live.")
    http: Address = setting("127.0.0.1:8000", parse_address, "Address of the pages, the API and the WebSocket.")
    otlp_http: Address = setting(
        "127.0.0.1:4318",
        parse_address,
        "Address of OTLP/HTTP and Zipkin. Other machines reach it only if it is not loopback.",
    )
    otlp_grpc: Address = setting("127.0.0.1:4317", parse_address, "Address of OTLP/gRPC.")
    tls_cert: Path | None = setting("", _optional_path, "Certificate chain (PEM) for all three ports.")
    tls_key: Path | None = setting("", _optional_path, "Its private key (PEM).")
    allowed_hosts: tuple[str, ...] = setting(
        "",
        parse_list,
        "Names, comma between, by which browsers may call this server, beside its addresses and localhost.",
    )
    secret_key: str = setting("", str, "Signs sessions; made and kept in the data directory if unset.")
    auth: str = setting("on", one_of("on", "off"), "`off` lets anyone in; refused unless every address is loopback.")
    ingest_auth: str = setting(
        "auto",
        one_of("auto", "on", "off"),
        "Whether senders need a token; `auto`: unless the receiver's address is loopback.",
    )
    scrape: tuple[str, ...] = setting(
        "",
        parse_targets,
        "Pages of metrics to read every 15 s, comma between: URLs, or `file_sd:/path/*.yml` "
        "(docs/senders/prometheus.md).",
    )
    retention_traces: float = setting("3d", parse_duration, "How long spans are kept.")
    spool_max_bytes: int = setting("2GiB", parse_size, "Most bytes kept before senders are asked to wait.")
    max_body_bytes: int = setting("16MiB", parse_size, "Largest request body; four times as much after decompression.")
    tick: float = setting("1s", parse_duration, "How often signals, health and the graph are brought up to date.")
    lateness: float = setting(
        "10s", parse_duration, "How long an unanswered call to an unknown target waits for the target's own span."
    )

    home_cluster: str = setting(
        "", str, "Name of the cluster that MeshUI is in, beside `Kubernetes`: its services' ids name no cluster."
    )
    max_services: int = setting(
        "2000", parse_number, "Most nodes of a graph; beyond it the quietest services are shown as one."
    )
    max_operations: int = setting(
        "200",
        parse_number,
        "Most operations of a service, and hosts outside that it calls; beyond it they count as `other`.",
    )

    @property
    def max_inflated_bytes(self) -> int:
        """16 MiB on the wire may be 64 MiB after decompression (DESIGN.md, Settings)."""
        return 4 * self.max_body_bytes

    @property
    def addresses(self) -> tuple[Address, Address, Address]:
        return self.http, self.otlp_http, self.otlp_grpc

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None

    @property
    def ingest_needs_token(self) -> bool:
        """By the bound address, never by the peer: behind a proxy every peer is local."""
        if self.ingest_auth == "auto":
            return not (self.otlp_http.loopback and self.otlp_grpc.loopback)
        return self.ingest_auth == "on"

    @property
    def spool_dir(self) -> Path:
        return self.data_dir / "spool"

    @property
    def engine_dir(self) -> Path:
        return self.data_dir / "engine"


def read(environ: Mapping[str, str] | None = None) -> Config:
    """The settings of this process; raises ConfigError for a value that cannot be read or a pair that cannot stand."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for row in fields(Config):
        name = PREFIX + row.name.upper()
        text = environ.get(name, row.metadata["default"])
        try:
            values[row.name] = row.metadata["parse"](text)
        except ValueError as error:
            raise ConfigError(f"{name}: {error}") from error
    return _checked(Config(**values))


def _checked(config: Config) -> Config:
    if (config.tls_cert is None) != (config.tls_key is None):
        raise ConfigError("MESHUI_TLS_CERT and MESHUI_TLS_KEY: set both or neither.")
    open_addresses = [str(address) for address in config.addresses if not address.loopback]
    if config.auth == "off" and open_addresses:
        raise ConfigError(
            f"MESHUI_AUTH=off is refused: {', '.join(open_addresses)} can be reached from other machines. "
            "Bind loopback addresses, or leave sign-in on."
        )
    return config


def as_markdown() -> str:
    """docs/settings.md: the table of all settings (`make docs` writes it, a test compares)."""
    rows = [
        f"| `{PREFIX}{row.name.upper()}` | {'`' + row.metadata['default'] + '`' if row.metadata['default'] else '–'} "
        f"| {row.metadata['sentence']} |"
        for row in fields(Config)
    ]
    head = [
        "# Settings",
        "",
        "Environment variables; a flag of the same name (`--data-dir`, `--otlp-http`, …) of any command overrides.",
        "",
        "| setting | default | |",
        "| --- | --- | --- |",
    ]
    tail = [
        "",
        "MeshUI's own spans and metrics go to `OTEL_EXPORTER_OTLP_ENDPOINT` (and its kin, as the OpenTelemetry SDK has",
        "them) if it is set, else nowhere. Sizes: `16MiB`, `2GiB`. Durations: `250ms`, `10s`, `5m`, `3d`.",
        "",
    ]
    return "\n".join(head + rows + tail)
