"""`meshui bench ingest|live`: measure this build on this machine; a table, or `--json`."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Measure a server of its own on free ports. Read the figures as ratios of one run: machines differ."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["ingest", "live"])
        parser.add_argument("--shape", choices=["sdk", "envoy", "envoy-grpc"], default="sdk", help="how spans are sent")
        parser.add_argument("--seconds", type=float, default=20.0)
        parser.add_argument("--rate", type=int, help="spans/s; 0: as fast as it goes")
        parser.add_argument("--connections", type=int, default=8)
        parser.add_argument("--no-floor", action="store_true", help="leave out the engine alone")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = self._ingest(options) if options["what"] == "ingest" else self._live(options)
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            for name, value in row.items():
                shown = f"{value:,.2f}" if isinstance(value, float) else value
                self.stdout.write(f"{name:28} {'–' if value is None else shown}")
            self.stdout.write("")

    def _ingest(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        from meshui.bench import ingest

        default = 60_000 if options["shape"] == "sdk" else 15_000
        result = ingest.run(
            shape=options["shape"],
            seconds=options["seconds"],
            rate=default if options["rate"] is None else options["rate"],
            connections=options["connections"],
            with_floor=not options["no_floor"],
        )
        return [asdict(result)]

    def _live(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        from meshui.bench import live

        rates = [1_000, 10_000] if options["rate"] is None else [options["rate"]]
        return [asdict(live.run(rate=rate, seconds=options["seconds"])) for rate in rates]
