"""`meshui link`: a new one-time sign-in link."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from meshui.access import people
from meshui.access.address import link_address


class Command(BaseCommand):
    help = "Print a new one-time sign-in link, for the owner unless --user names another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", help="whose link")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["user"] is None:
            user = people.owner()
        else:
            found = User.objects.filter(username=options["user"], is_active=True).first()
            if found is None:
                raise CommandError(
                    f"There is no user {options['user']}; `meshui user add {options['user']}` makes one."
                )
            user = found
        secret = people.new_link(user, datetime.now(UTC))
        self.stdout.write(link_address(settings.CONFIG, secret))
