"""Shares in SQL are what the slow twin says, of any points, in any order, however the buckets are cut into runs."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.rollup.deltas import reach
from tests.build import T0
from tests.plain import counters as plain
from tests.strategies import counters
from tests.telemetry.rollup.points import Told, forget, shared, store

BEGIN = int(T0.timestamp())


def twin(points: list[plain.Point], first: int, last: int) -> dict[tuple[int, int], Told]:
    return {
        key: (round(s.n, 6), s.buckets if any(s.buckets) else (), s.until, s.interval_s, s.estimated)
        for key, s in plain.shares(points, first, last).items()
    }


def span_of(points: list[plain.Point]) -> tuple[int, int]:
    return BEGIN - 700, max(p.at for p in points) // 10_000 * 10


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=counters(), cut=st.integers(0, 100))
def test_any_points_are_shared_as_the_twin_shares_them(
    engine: EmbeddedEngine, points: list[plain.Point], cut: int
) -> None:
    forget(engine)
    if not points:
        return
    store(engine, points)
    first, last = span_of(points)
    whole = shared(engine, first, last)
    assert whole == twin(points, first, last)
    middle = first + (last - first) // 10 * cut // 100 * 10
    assert shared(engine, first, middle) | shared(engine, middle + 10, last) == whole


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=counters(), cut=st.integers(0, 100))
def test_what_comes_changes_no_bucket_that_it_does_not_reach(
    engine: EmbeddedEngine, points: list[plain.Point], cut: int
) -> None:
    """In the order sent, cut anywhere: buckets outside `reach` stand as they were computed without the newer points."""
    forget(engine)
    in_order = sorted((p for p in points if p.form != "gauge"), key=lambda p: p.at)
    if not in_order:
        return
    old, new = in_order[: len(points) * cut // 100], in_order[len(points) * cut // 100 :]
    first, last = span_of(points)
    store(engine, old)
    before = shared(engine, first, last)
    store(engine, new)
    after = shared(engine, first, last)
    reached = reach(engine, {p.at // 10_000 * 10 for p in new})
    assert {at for (_, at) in before.keys() | after.keys() if at not in reached and differs(before, after, at)} == set()


def differs(before: dict[tuple[int, int], Told], after: dict[tuple[int, int], Told], at: int) -> bool:
    return {k: v for k, v in before.items() if k[1] == at} != {k: v for k, v in after.items() if k[1] == at}
