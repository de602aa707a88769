"""`meshui demo`: a believable mesh that sends OTLP."""

import sys
from os import environ
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from meshui.demo import arguments
from meshui.demo.__main__ import serve


class Command(BaseCommand):
    help = "A believable mesh that sends OTLP: 15 services by SDKs, or six behind real Envoys; six scenarios each."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        arguments.add(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        import argparse

        try:
            chosen = arguments.options(argparse.Namespace(**options), environ)
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
        sys.exit(serve(chosen))
