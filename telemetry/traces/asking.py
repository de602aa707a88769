"""What is asked of stored traces, and how the engine is asked it: which spans match, in which time, of which snapshot
of what is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from telemetry.engine import statement
from telemetry.engine.engine import Engine, Row
from telemetry.expression.sql import Condition, condition, is_plain, placed
from telemetry.expression.tree import Expression
from telemetry.window import BUCKET_S

NEAR = timedelta(minutes=10)
"""How far from the time asked about the other spans of a matching trace are looked for."""
Rank = Literal["extent", "failures"]
SAMPLED_ONE_IN = 16
MOST_SPANS = 2_000_000
"""Beyond so many spans, numbers of many traces are of a sample."""
FEW = 1_000
"""So many traces are looked at one by one, however many others there are."""
_BY_INDEX = 200
_HERE = Path(__file__).parent
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was stored at an instant: of each spool named, the segments below `upto` but for `missing`. A spool that is
    not named had nothing new for an hour: all of it was stored."""

    upto: Mapping[int, int]
    missing: frozenset[tuple[int, int]]

    @property
    def params(self) -> dict[str, Any]:
        return {"spools": list(self.upto), "upto": list(self.upto.values()), "missing": sorted(self.missing)}


@dataclass(frozen=True, slots=True)
class Asked:
    """Traces with a span that `match` holds for (any, if None) and that starts in [since_ns, until_ns)."""

    match: Expression | None
    since_ns: int
    until_ns: int


@dataclass(frozen=True, slots=True)
class Question:
    """One that is asked: compiled, bounded and of one snapshot. `plain`: `where` may be asked of every span."""

    engine: Engine
    where: Condition
    since_ns: int
    until_ns: int
    snapshot: Snapshot
    plain: bool
    among: Literal["1", "$THESE", "$MANY", "$SAMPLED"] = "1"
    traces: tuple[str, ...] = ()

    def these(self, traces: Iterable[str]) -> "Question":
        """The same about given traces only."""
        ids = tuple(traces)
        # Asked about more, the index of ids costs more than it saves.
        return replace(self, among="$THESE" if len(ids) <= _BY_INDEX else "$MANY", traces=ids)

    def sampled(self) -> "Question":
        """The same about one in SAMPLED_ONE_IN traces: those of the lowest ids, which are read without the others."""
        return replace(self, among="$SAMPLED")

    def within(self, since_ns: int, until_ns: int) -> "Question":
        """The same about a part of its time."""
        return replace(self, since_ns=since_ns, until_ns=until_ns)

    def ask(self, name: str, /, *, timeout_s: float = 10.0, rank: Rank = "extent", **params: Any) -> list[Row]:
        """The answer to `<name>.sql`, `$RANK` in it being `rank`. Raises EngineError (code 159 after `timeout_s`)."""
        named, asked = statement.read(_HERE / "where.sql"), statement.read(_HERE / f"{name}.sql")
        (sql,) = statement.statements(
            placed((named + asked).replace("$AMONG", self.among).replace("$RANK", rank), self.where)
        )
        bound = self._params() | self.where.params | params
        taken = {key: value for key, value in bound.items() if f"{{{key}:" in sql}
        return self.engine.query(sql, taken, timeout_s=timeout_s)

    def _params(self) -> dict[str, Any]:
        since, until = bucket(self.since_ns), bucket(self.until_ns - 1)
        return {
            "since": self.since_ns,
            "until": self.until_ns,
            "since_bucket": since,
            "until_bucket": until,
            "near_since": since - NEAR,
            "near_until": until + NEAR,
            "traces": list(self.traces),
            "lowest": min(self.traces, default=""),
            "highest": max(self.traces, default=""),
            "below": f"{2**128 // SAMPLED_ONE_IN:032x}",
        } | self.snapshot.params


def narrowed(question: Question, timeout_s: float = 10.0) -> tuple[Question, float]:
    """The question to count by, and the share of the traces that it is about: all, but of very many a sample, which is
    stated. Few that match are never sampled."""
    size = question.ask("search_size", timeout_s=timeout_s)[0]["spans"]
    if size <= MOST_SPANS:
        return question, 1.0
    few = question.ask("search_few", timeout_s=timeout_s, limit=FEW + 1)
    if len(few) <= FEW:
        return question.these(row["trace"] for row in few), 1.0
    share = question.sampled().ask("search_size", timeout_s=timeout_s)[0]["spans"] / size
    # Ids that are not random from their first bit on make no sample of all.
    fair = 0.5 <= share * SAMPLED_ONE_IN <= 2
    return (question.sampled(), share) if fair else (question, 1.0)


def question(engine: Engine, asked: Asked, snapshot: Snapshot) -> Question:
    """Raises Mistake where `asked.match` cannot mean anything."""

    def resources(where: Condition) -> list[int]:
        rows = engine.query(placed(_statement("resource_ids"), where), where.params)
        return [row["resource_id"] for row in rows]

    where = condition(asked.match, resources)
    return Question(engine, where, asked.since_ns, asked.until_ns, snapshot, is_plain(asked.match))


def snapshot(engine: Engine) -> Snapshot:
    """What is stored now."""
    upto: dict[int, int] = {}
    missing: set[tuple[int, int]] = set()
    for row in engine.query(_statement("snapshot")):
        there = {-number for number in row["newest"]}
        newest = max(there)
        upto[row["spool"]] = newest + 1
        # Two loaders finish out of order: numbers between those that are there may still come.
        missing |= {(row["spool"], number) for number in range(min(there), newest) if number not in there}
    return Snapshot(upto, frozenset(missing))


def since_then(engine: Engine, then: Snapshot) -> Snapshot:
    """`then` as it is to be asked now: spools heard since have nothing in it."""
    new = snapshot(engine).upto.keys() - then.upto.keys()
    return Snapshot(dict(then.upto) | dict.fromkeys(new, 0), then.missing)


def bucket(at_ns: int) -> datetime:
    """The bucket that an instant lies in."""
    seconds = at_ns // _NS
    return datetime.fromtimestamp(seconds - seconds % BUCKET_S, UTC)


def _statement(name: str) -> str:
    (sql,) = statement.statements(statement.read(_HERE / f"{name}.sql"))
    return sql
