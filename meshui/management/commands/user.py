"""`meshui user add NAME`: a person who may sign in, with a one-time link."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from meshui.access import people
from meshui.access.address import link_address


class Command(BaseCommand):
    help = "Add a person and print a one-time sign-in link for them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["add"])
        parser.add_argument("name")
        parser.add_argument("--owner", action="store_true", help="may do everything, as the first user may")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if User.objects.filter(username=name).exists():
            raise CommandError(f"There is a user {name} already; `meshui link --user {name}` prints a new link.")
        made = User.objects.create_user(name, is_superuser=options["owner"], is_staff=options["owner"])
        made.set_unusable_password()
        made.save()
        secret = people.new_link(made, datetime.now(UTC))
        self.stdout.write(f"{name} can sign in once, within 24 h, with\n  {link_address(settings.CONFIG, secret)}")
