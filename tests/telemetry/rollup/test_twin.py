"""The fold in SQL says what its slow twin says, of any spans, however they are cut into refreshes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup import refresh as refreshing
from telemetry.rollup.refresh import refresh
from tests.build import T0
from tests.plain import edges, rollups
from tests.plain.normal import NormalSpan
from tests.strategies import forests
from tests.telemetry.rollup.emptied import OWNERS, emptied
from tests.telemetry.rollup.rows import TABLES, plainly, store, stored

__all__ = ["emptied"]
SETTLED = T0 + timedelta(minutes=5)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=forests(), cut=st.integers(0, 14), at_once=st.sampled_from((0, 50_000)))
def test_any_spans_fold_as_the_twin_folds_them(
    emptied: Callable[[], EmbeddedEngine],
    monkeypatch: pytest.MonkeyPatch,
    spans: list[NormalSpan],
    cut: int,
    at_once: int,
) -> None:
    """Some are loaded before others, and seen before they are settled; many spans let neighbours wait."""
    engine = emptied()
    monkeypatch.setattr(refreshing, "_SPANS_AT_ONCE", at_once)
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
