"""Every shape of a trace in tests/cases/traces is the calls it says, in SQL and by the twin.

`MESHUI_GOLDENS=1` (make goldens) writes what comes out into the files; review the difference like code."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.refresh import refresh
from tests.build import T0
from tests.plain import edges, rollups
from tests.telemetry.rollup.cases import CASES, read, written
from tests.telemetry.rollup.rows import owners, plainly, store, stored

SETTLED_S = 600.0


@pytest.mark.parametrize("path", sorted(CASES.glob("*.case")), ids=lambda path: path.stem)
def test_a_trace_is_these_calls(path: Path, engine: EmbeddedEngine) -> None:
    case = read(path)
    owners(engine, case.owners)
    store(engine, case.spans)
    now = T0 + timedelta(seconds=SETTLED_S if case.now_s is None else case.now_s)
    refresh(engine, now, 60)
    found = written(stored(engine, "edges"), stored(engine, "nodes"))
    if os.environ.get("MESHUI_GOLDENS"):
        path.write_text(f"{case.given}expect\n{found}", encoding="utf-8")
        return
    assert found == case.expected
    settled = int((now - timedelta(seconds=20)).timestamp()) // 10 * 10
    calls = edges.fold(case.spans, case.owners, settled)
    assert written(plainly(rollups.edges(calls)), plainly(rollups.nodes(calls))) == case.expected
