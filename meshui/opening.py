"""What a server holds, opened: spool, engine and MeshUI's own database, each fault in one plain sentence."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.core.management import call_command
from django.db import close_old_connections, connection
from django.db.migrations.loader import MigrationLoader

from meshui.access import people
from meshui.config import Config, ConfigError
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Engine, EngineError
from telemetry.engine.home import learn_home
from telemetry.engine.migrate import migrate
from telemetry.spool.identity import SpoolTaken
from telemetry.spool.spool import Spool


@dataclass(frozen=True, slots=True)
class Opened:
    """`sign_in` is the secret of a new link for the owner."""

    engine: Engine
    spool: Spool
    sign_in: str


def opened(config: Config, now: datetime) -> Opened:
    """The spool first, since it says who else is here; the others side by side. Raises ConfigError."""
    try:
        spool = Spool.open(config.spool_dir, config.spool_max_bytes)
    except SpoolTaken as error:
        text = f"{config.data_dir} is in use by another MeshUI. Stop it, or choose another MESHUI_DATA_DIR."
        raise ConfigError(text) from error
    except OSError as error:
        raise ConfigError(f"{config.data_dir} (MESHUI_DATA_DIR) cannot be used: {error.strerror}.") from error
    try:
        with ThreadPoolExecutor(2) as pool:
            engine, sign_in = pool.submit(_engine, config), pool.submit(_own_database, now)
        if sign_in.exception() is not None and engine.exception() is None:
            engine.result().close()
        return Opened(engine.result(), spool, sign_in.result())
    except BaseException:
        spool.close()
        raise


def _engine(config: Config) -> Engine:
    try:
        engine = open_embedded(config.engine_dir)
        migrate(engine)
        learn_home(engine, config.home_cluster)
    except EngineError as error:
        raise ConfigError(f"The engine in {config.engine_dir} does not open: {error}") from error
    return engine


def _own_database(now: datetime) -> str:
    """Bring Django's tables up to date; the secret of a new sign-in link for the owner."""
    try:
        if not _up_to_date():
            call_command("migrate", verbosity=0, interactive=False)
        return people.new_link(people.owner(), now)
    finally:
        close_old_connections()


def _up_to_date() -> bool:
    """Whether every migration there is was applied: 20 times cheaper than `migrate` finding nothing to do."""
    loader = MigrationLoader(connection)
    return set(loader.disk_migrations) <= set(loader.applied_migrations)
