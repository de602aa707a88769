"""What is asked of stored traces, and how the engine is asked it: which spans match, in which time, of which snapshot
of what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telemetry.engine import statement
from telemetry.engine.engine import Engine, Row
from telemetry.expression.sql import Condition, condition, placed
from telemetry.expression.tree import Expression
from telemetry.window import BUCKET_S

NEAR = timedelta(minutes=10)
"""How far from the time asked about the other spans of a matching trace are looked for."""
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
    """One that is asked: compiled, bounded and of one snapshot."""

    engine: Engine
    where: Condition
    since_ns: int
    until_ns: int
    snapshot: Snapshot

    def within(self, since_ns: int, until_ns: int) -> "Question":
        """The same about a part of its time."""
        return replace(self, since_ns=since_ns, until_ns=until_ns)

    def ask(self, name: str, /, *, timeout_s: float = 10.0, **params: Any) -> list[Row]:
        """The answer to `<name>.sql`. Raises EngineError (code 159 after `timeout_s`)."""
        text = placed(_text(name), self.where)
        (sql,) = statement.statements(text)
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
        } | self.snapshot.params


def question(engine: Engine, asked: Asked, snapshot: Snapshot) -> Question:
    """Raises Mistake where `asked.match` cannot mean anything."""

    def resources(where: Condition) -> list[int]:
        rows = engine.query(placed(_statement("resource_ids"), where), where.params)
        return [row["resource_id"] for row in rows]

    return Question(engine, condition(asked.match, resources), asked.since_ns, asked.until_ns, snapshot)


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


def _text(name: str) -> str:
    return statement.read(_HERE / "where.sql") + statement.read(_HERE / f"{name}.sql")


def _statement(name: str) -> str:
    (sql,) = statement.statements(statement.read(_HERE / f"{name}.sql"))
    return sql
