"""A tick reads a window again when something was computed, when nobody has for a while, or when nobody ever did."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Engine
from telemetry.observed import Observed
from telemetry.rollup import read
from telemetry.window import Window
from tests.build import T0, load, resource, span, traces
from tests.meshui.held import held


def test_a_window_to_which_nothing_came_rests(
    engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []

    window_of = read.window

    def noted(engine: Engine, window: Window) -> Observed:
        asked.append(window.until)
        return window_of(engine, window)

    monkeypatch.setattr(read, "window", noted)
    at = T0 + timedelta(minutes=10)
    with held(engine, tmp_path) as running:
        running.ticker.tick(at)
        running.ticker.tick(at + timedelta(seconds=1))
        assert asked == [at]
        load(engine, tmp_path, traces(resource("web"), span(start=at)), received=at + timedelta(seconds=2))
        running.ticker.tick(at + timedelta(seconds=2))
        assert asked[1:] == [at + timedelta(seconds=2)]
        running.ticker.tick(at + timedelta(minutes=5))
        assert len(asked) == 3
