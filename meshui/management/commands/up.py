"""`meshui up [--demo [sdk|envoy]] [--open]`: start all of it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from meshui.config import ConfigError


class Command(BaseCommand):
    help = "Start receivers, engine, pages and the clock in this process; Ctrl-C drains and stops."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo",
            nargs="?",
            const="sdk",
            choices=("sdk", "envoy"),
            help="also run a demo mesh as a child process: by SDKs, or with envoy behind real Envoys",
        )
        parser.add_argument("--open", action="store_true", help="open the sign-in link in a browser")

    def handle(self, *args: Any, **options: Any) -> None:
        from meshui import up

        try:
            up.main(settings.CONFIG, demo=options["demo"], open_browser=options["open"], say=self.stdout.write)
        except ConfigError as error:
            raise CommandError(str(error)) from error
