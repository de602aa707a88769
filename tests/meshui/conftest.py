"""Django for the tests of meshui/: settings over a data directory of their own, its tables, and one rolled-back
transaction a test."""

import os
import tempfile
from collections.abc import Iterator

import django
import pytest
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meshui.settings")
os.environ["MESHUI_DATA_DIR"] = tempfile.mkdtemp(prefix="meshui-test-")
for name in [name for name in os.environ if name.startswith("MESHUI_") and name != "MESHUI_DATA_DIR"]:
    if name != "MESHUI_TEST_DATA":
        del os.environ[name]
django.setup()
settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture(scope="session")
def own_database() -> None:
    """MeshUI's own tables, brought up to date once."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


@pytest.fixture
def db(own_database: None) -> Iterator[None]:
    """A transaction that is rolled back after the test."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
