"""`meshui snippets KIND`: the configuration that points a sender here."""

import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from meshui.snippets import BY_NAME, addresses, snippet


class Command(BaseCommand):
    help = "Print the configuration that points a sender of your own here."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(BY_NAME), help="what sends")

    def handle(self, *args: Any, **options: Any) -> None:
        to = addresses(settings.CONFIG, {}, socket.getfqdn())
        self.stdout.write(snippet(options["kind"], to), ending="")
