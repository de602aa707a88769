"""`meshui replay`: recorded telemetry, sent again."""

import argparse
import sys
from os import environ
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from meshui.replay import arguments
from meshui.replay.progress import Progress
from meshui.replay.run import run


class Command(BaseCommand):
    help = "Send recorded OTLP (protobuf, JSON), Zipkin or Jaeger files."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        arguments.add(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            summary = run(
                arguments.options(argparse.Namespace(**options), environ), lambda total: Progress(total, sys.stderr)
            )
        except (FileNotFoundError, ValueError) as refused:
            raise CommandError(str(refused)) from refused
        for sentence in summary.sentences():
            self.stdout.write(sentence)
        if not summary.ok:
            sys.exit(1)
