"""`meshui check`: one plain sentence for each thing that is wrong; exit code 1 if there is any."""

import json
import ssl
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from meshui.access.address import web_address
from meshui.check import Part, disk, own_database
from meshui.config import Config, ConfigError
from meshui.listening import bind, certificate


class Command(BaseCommand):
    help = "Verify configuration, engine and disk; beside a running server, ask it how its parts are."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        config: Config = settings.CONFIG
        parts = _running_parts(config) or _own_parts(config)
        for part in parts:
            self.stdout.write(f"{'ok   ' if part.ok else 'FAULT'}  {part.name}: {part.text}")
        faults = sum(not part.ok for part in parts)
        if faults:
            raise CommandError(f"{faults} of {len(parts)} parts are at fault.")


def _running_parts(config: Config) -> list[Part] | None:
    """What the server at MESHUI_HTTP says of itself; None if none answers."""
    url = f"{web_address(config)}/readyz"
    try:
        context = ssl.create_default_context(cafile=str(config.tls_cert)) if config.tls_cert else None
        with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310  our own address
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        body = json.load(error)
    except (OSError, ValueError):
        return None
    return [Part(part["name"], part["ok"], part["text"]) for part in body["parts"]]


def _own_parts(config: Config) -> list[Part]:
    """The parts as this process finds them, while no server runs."""
    config.data_dir.mkdir(parents=True, exist_ok=True)
    return [_addresses(config), _certificate(config), _engine(config), own_database(), disk(config.data_dir)]


def _addresses(config: Config) -> Part:
    try:
        for held in bind(config).values():
            held.close()
    except ConfigError as error:
        return Part("addresses", False, str(error))
    return Part("addresses", True, "All three addresses are free.")


def _certificate(config: Config) -> Part:
    try:
        pair = certificate(config)
    except ConfigError as error:
        return Part("certificate", False, str(error))
    return Part("certificate", True, "TLS is off." if pair is None else "The certificate and its key can be used.")


def _engine(config: Config) -> Part:
    from telemetry.engine.embedded import open_embedded
    from telemetry.engine.engine import EngineError
    from telemetry.engine.migrate import migrate

    try:
        engine = open_embedded(config.engine_dir)
        migrate(engine)
        engine.close()
    except EngineError as error:
        return Part("engine", False, f"{config.engine_dir} does not open: {error}")
    return Part("engine", True, "The engine opens and its tables are up to date.")
