"""The fold in SQL says what its slow twin says, of any spans, however they are cut into refreshes."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.refresh import refresh
from tests.build import T0
from tests.plain import edges, rollups
from tests.plain.normal import NormalSpan
from tests.strategies import NODES, forests
from tests.telemetry.rollup.rows import TABLES, owners, plainly, store, stored

OWNERS = {node: node == "edge/gw" for node in NODES if node != "-/solo"}
SETTLED = T0 + timedelta(minutes=5)
EMPTIED = ("spans", "dirty", "loaded", "refreshed", "services", "fold_far", "first_seen")


@pytest.fixture
def emptied(engine: EmbeddedEngine):
    """A function that empties the database between two examples, and makes OWNERS known."""
    engine.execute("DROP VIEW mv_services")

    def empty() -> EmbeddedEngine:
        for table in (*EMPTIED, *(f"{table}_10s" for table in TABLES)):
            engine.execute(f"TRUNCATE TABLE {table}")
        owners(engine, OWNERS)
        return engine

    return empty


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=forests(), cut=st.integers(0, 14))
def test_any_spans_fold_as_the_twin_folds_them(emptied, spans: list[NormalSpan], cut: int) -> None:
    engine = emptied()
    for part in (spans[:cut], spans[cut:]):
        if part:
            store(engine, part)
            refresh(engine, T0, 60)
    while refresh(engine, SETTLED, 60).left:
        pass
    settled = int(SETTLED.timestamp()) - 20
    calls = edges.fold(spans, OWNERS, settled)
    for table in TABLES:
        assert stored(engine, table) == plainly(getattr(rollups, table)(calls)), table
