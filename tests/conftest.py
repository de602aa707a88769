"""One real engine per test process (a process can open one directory), a fresh database for each test that asks."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from telemetry.engine.embedded import EmbeddedEngine, open_embedded
from telemetry.engine.migrate import migrate

_databases = count(1)

# No test fails for being slow: a busy machine is no fault of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def engine_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of this process's engine, kept open. Open others with `open_embedded(engine_server, "name")`."""
    directory = tmp_path_factory.mktemp("engine")
    held = open_embedded(directory, "held")
    yield directory
    held.close()


@pytest.fixture
def bare_engine(engine_server: Path) -> Iterator[EmbeddedEngine]:
    """An empty database of the test's own, without tables; gone afterwards."""
    name = f"test_{next(_databases)}"
    engine = open_embedded(engine_server, name)
    yield engine
    engine.execute(f"DROP DATABASE {name} SYNC")
    engine.close()


@pytest.fixture
def engine(bare_engine: EmbeddedEngine) -> EmbeddedEngine:
    """The same with every migration applied."""
    migrate(bare_engine)
    return bare_engine
