"""`meshui token create NAME --scope ingest|read|write`: a program's key, shown once."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meshui.access import tokens


class Command(BaseCommand):
    help = "Create an API token and print it once; only its hash is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["create"])
        parser.add_argument("name")
        parser.add_argument("--scope", choices=tokens.SCOPES, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            secret = tokens.create(options["name"], options["scope"], datetime.now(UTC))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(secret)
        self.stderr.write(
            "Send it as `Authorization: Bearer TOKEN`. It is not shown again. A running server knows it within 5 s."
        )
