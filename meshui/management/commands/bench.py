"""`meshui bench ingest [--metrics]|query|live`: measure this build on this machine; a table, or `--json`."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Measure a server of its own on free ports. Read the figures as ratios of one run: machines differ."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["ingest", "query", "live"])
        parser.add_argument("--metrics", action="store_true", help="ingest: Envoys' stats instead of spans")
        parser.add_argument("--istio", action="store_true", help="ingest --metrics: Istio's metrics besides")
        parser.add_argument(
            "--shape", choices=["sdk", "envoy", "envoy-grpc"], default=None,
            help="how they are sent; default: sdk for spans, envoy-grpc for metrics",
        )  # fmt: skip
        parser.add_argument("--seconds", type=float, default=20.0)
        parser.add_argument("--rate", type=int, help="spans/s, 0: as fast as it goes; points/s")
        parser.add_argument("--connections", type=int, default=8)
        parser.add_argument("--no-floor", action="store_true", help="leave out the engine alone")
        parser.add_argument("--spans", type=int, default=20_000_000, help="query: how many are asked about")
        parser.add_argument("--rounds", type=int, default=20, help="query: how often each question is asked")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "query":
            self._query(options)
            return
        try:
            rows = self._ingest(options) if options["what"] == "ingest" else self._live(options)
        except RuntimeError as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            for name, value in row.items():
                shown = f"{value:,.2f}" if isinstance(value, float) else value
                self.stdout.write(f"{name:28} {'–' if value is None else shown}")
            self.stdout.write("")

    def _ingest(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        if options["metrics"]:
            return self._metrics(options)
        from meshui.bench import ingest

        shape = options["shape"] or "sdk"
        default = 60_000 if shape == "sdk" else 15_000
        result = ingest.run(
            shape=shape,
            seconds=options["seconds"],
            rate=default if options["rate"] is None else options["rate"],
            connections=options["connections"],
            with_floor=not options["no_floor"],
        )
        return [asdict(result)]

    def _metrics(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        from meshui.bench import ingest_metrics

        if options["shape"] == "sdk":
            raise CommandError("Metrics are sent as Envoy's stats sink sends them: --shape envoy-grpc or envoy.")
        if options["rate"] == 0:
            raise CommandError("Proxies flush every 5 s: --rate says how many there are, and cannot be 0.")
        result = ingest_metrics.run(
            shape=options["shape"] or "envoy-grpc",
            seconds=options["seconds"],
            rate=options["rate"] or 20_000,
            connections=options["connections"],
            istio=options["istio"],
            with_floor=not options["no_floor"],
        )
        return [asdict(result)]

    def _query(self, options: dict[str, Any]) -> None:
        from meshui.bench import query

        if options["spans"] < 1_000 or options["rounds"] < 1:
            raise CommandError("There must be something to ask: --spans 1000 or more, --rounds 1 or more.")
        try:
            measured = query.measure(spans=options["spans"], rounds=options["rounds"], say=self.stderr.write)
        except RuntimeError as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(asdict(measured), indent=2))
            return
        self.stdout.write(
            f"{measured.spans:,} spans, {measured.bytes_per_span:.1f} bytes each, made in {measured.fill_s:.0f} s; "
            f"each question {measured.rounds} times, ms\n"
        )
        heads = ("p50", "p95", "max", "budget", "", "CPU", "found", "SQL p50", "SQL p95", "SQL CPU")
        self.stdout.write(" " * 30 + "".join(f"{head:>9}" for head in heads))
        for row in measured.questions:
            took = [row.p50_ms, row.p95_ms, row.max_ms, row.budget_ms]
            floor = [row.cpu_ms, row.found, row.floor_p50_ms, row.floor_p95_ms, row.floor_cpu_ms]
            shown = [*(f"{ms:9.0f}" for ms in took), f"{'' if row.within else '!':>9}", *(f"{n:9.0f}" for n in floor)]
            late = f"   {row.refused} not answered in time" if row.refused else ""
            self.stdout.write(f"{row.question:30}{''.join(shown)}{late}")

    def _live(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        from meshui.bench import live

        rates = [1_000, 10_000] if options["rate"] is None else [options["rate"]]
        return [asdict(live.run(rate=rate, seconds=options["seconds"])) for rate in rates]
