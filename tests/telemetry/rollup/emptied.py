"""One migrated database for many examples: emptied between two of them."""

from collections.abc import Callable

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from tests.strategies import NODES
from tests.telemetry.rollup.rows import TABLES, owners

OWNERS = {node: node == "edge/gw" for node in NODES if node != "-/solo"}
_EMPTIED = ("spans", "dirty", "loaded", "refreshed", "services", "fold_far", "first_seen")


@pytest.fixture
def emptied(engine: EmbeddedEngine) -> Callable[[], EmbeddedEngine]:
    """A function that empties the database, and makes OWNERS, and nobody else, known."""
    engine.execute("DROP VIEW mv_services")

    def empty() -> EmbeddedEngine:
        for table in (*_EMPTIED, *(f"{table}_10s" for table in TABLES)):
            engine.execute(f"TRUNCATE TABLE {table}")
        owners(engine, OWNERS)
        return engine

    return empty
