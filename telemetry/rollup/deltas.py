"""From points to what happened in each bucket: counters become differences, shared over the buckets between two points.

Every share depends on the points of its series and the flushes of its sender within 10 minutes only, never on the order
they came in or on what else a run reads, so that any cut into runs gives the same rows. What counts as what:
docs/decisions/006-counters.md."""

from datetime import UTC, datetime, timedelta
from typing import Any

from telemetry.engine.engine import Engine, Row
from telemetry.rollup.question import ask, run
from telemetry.window import BUCKET_S

_WORK = (
    "fold_read",
    "fold_senders",
    "fold_intervals",
    "fold_points",
    "fold_points_once",
    "fold_deltas",
    "fold_torn",
    "fold_shares",
)
_APART_S = 60
# Read around a run in any case: enough for those who send every 15 s, and to see a counter fall between two writers.
_BEFORE, _AFTER = timedelta(seconds=3 * BUCKET_S), timedelta(seconds=2 * BUCKET_S)


def shares(engine: Engine, since: datetime, until: datetime) -> None:
    """Fill `fold_shares` for the buckets from `since` to `until` inclusive, from the points of series that `readings`
    reads. A bucket that a live counter covers without having moved has a row with n = 0. Raises EngineError."""
    for table in _WORK:
        engine.execute(f"TRUNCATE TABLE {table}")
    of: dict[str, Any] = {"first": since, "last": until}
    run(engine, "deltas_read", **of)
    around = ask(engine, "deltas_span", **of)[0]
    of["oldest"] = _earlier(since - _BEFORE, around["oldest"])
    of["newest"] = max(until + _AFTER, _bucket(around["newest"]))
    run(engine, "deltas_intervals", **of)
    run(engine, "deltas_near", **of)
    if around["beyond"]:
        run(engine, "deltas_forward", **of)
    if ask(engine, "deltas_lacking", **of)[0]["lacking"]:
        run(engine, "deltas_back", **of)
    kinds = ask(engine, "deltas_kinds")[0]
    _differ(engine, of, kinds, classic=bool(around["classic"]))
    run(engine, "deltas_shares", **of)
    if around["classic"]:
        run(engine, "deltas_classic_shares", **of)
    if kinds["explicit"]:
        run(engine, "deltas_explicit_shares", **of)
    if kinds["exponential"]:
        run(engine, "deltas_exponential_shares", **of)
    if kinds["gauges"]:
        run(engine, "deltas_gauges", **of)


def _differ(engine: Engine, of: dict[str, Any], kinds: Row, *, classic: bool) -> None:
    """Leave in `fold_deltas` what happened between two points, each point counted once."""
    _compare(engine, of, kinds)
    found = ask(engine, "deltas_found")[0]
    if found["again"]:
        run(engine, "deltas_once")
        _compare(engine, of, kinds)
        found = ask(engine, "deltas_found")[0]
    if found["fell"]:
        run(engine, "deltas_torn", **of)
        if classic:
            run(engine, "deltas_families")
    if found["first"]:
        run(engine, "deltas_first", **of)


def _compare(engine: Engine, of: dict[str, Any], kinds: Row) -> None:
    run(engine, "deltas_counters", **of)
    if kinds["exponential"]:
        run(engine, "deltas_exponential", **of)


def reach(engine: Engine, buckets: set[int]) -> set[int]:
    """Every bucket that points standing in `buckets` touch, all as Unix seconds: those between the neighbours of the
    points in their series, and between the flushes of their senders. What a gauge's last point says of the buckets
    after it is no part: they are touched by the sender's next flush. Raises EngineError."""
    touched = set(buckets)
    for first, last in _pieces(buckets):
        of: dict[str, Any] = {"first": _time(first), "last": _time(last)}
        near = ask(engine, "reach_senders", **of)[0]
        if not near["senders"]:
            continue
        back, ahead = min(near["back"], first), max(near["ahead"], last)
        far_back = ask(engine, "reach_back", **of, back=_time(back))[0]["at"] or back
        fallen = ask(engine, "reach_fallen", **of)[0]["at"] or back
        # Live, nobody has sent after them yet.
        far_ahead = (ahead > last and ask(engine, "reach_ahead", **of, ahead=_time(ahead))[0]["at"]) or ahead
        touched.update(range(min(back, far_back, fallen), max(ahead, far_ahead) + 1, BUCKET_S))
    return touched


def _pieces(buckets: set[int]) -> list[tuple[int, int]]:
    """Runs of buckets with less than a minute between them: first and last of each."""
    pieces: list[tuple[int, int]] = []
    for bucket in sorted(buckets):
        if pieces and bucket - pieces[-1][1] <= _APART_S:
            pieces[-1] = (pieces[-1][0], bucket)
        else:
            pieces.append((bucket, bucket))
    return pieces


def _earlier(near: datetime, oldest: int) -> datetime:
    return min(near, _bucket(oldest)) if oldest else near


def _bucket(ns: int) -> datetime:
    return _time(ns // (BUCKET_S * 1_000_000_000) * BUCKET_S)


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
