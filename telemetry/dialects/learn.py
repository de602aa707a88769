"""Writes what the dialects declare into the engine's tables, where telemetry/rollup reads it.

Every module of this folder with a `DIALECT` is one: adding a dialect is adding a file."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from telemetry import dialects
from telemetry.dialects.dialect import Dialect, Labels, Metric
from telemetry.engine.engine import Engine, Row

_SIDES = ("client", "server", "relay")


@cache
def known() -> tuple[Dialect, ...]:
    """All dialects: those that show by a label first, then by rank."""
    modules = (import_module(f"{dialects.__name__}.{found.name}") for found in iter_modules(dialects.__path__))
    declared = (module.DIALECT for module in modules if hasattr(module, "DIALECT"))
    return tuple(sorted(declared, key=lambda dialect: (not dialect.marks, dialect.rank)))


def canonical(metric: Metric) -> str:
    """The name a metric is looked up by: its statistic's behind its group, dots as underscores, without `_total`."""
    return "_".join(filter(None, (metric.group, _plain(metric.name))))


def learn(engine: Engine) -> None:
    """Write every declaration anew: what an earlier version declared is gone."""
    tables = {"dialects": _dialects(), "dialect_metrics": _metrics(), "dialect_labels": _labels()}
    for table, rows in tables.items():
        engine.execute(f"TRUNCATE TABLE {table}")
        engine.insert_rows(table, list(rows))


def _plain(name: str) -> str:
    return name.replace(".", "_").removesuffix("_total")


def _dialects() -> Iterator[Row]:
    for dialect in known():
        yield {"dialect": dialect.name, "rank": dialect.rank, "word": dialect.word, "by_cluster": dialect.by_cluster}


def _metrics() -> Iterator[Row]:
    rows = ((dialect, metric) for dialect in known() for metric in dialect.metrics)
    for place, (dialect, metric) in enumerate(rows):
        yield {
            "dialect": dialect.name,
            "place": place,
            "name": canonical(metric),
            "grp": metric.group,
            "measure": metric.measure,
            "side": metric.side,
            "unit_ms": metric.unit_ms,
            "protocol": metric.protocol,
            "code": metric.code,
            "flags": metric.flags,
            "arrived": metric.arrived,
            "only": _pairs(metric.only),
            "marks": dialect.marks,
            "own": _pairs(dialect.own),
            "needs": _plain(metric.needs),
            "unless": _plain(metric.unless),
            "swapped": metric.swapped,
            "why": metric.why,
        }


def _labels() -> Iterator[Row]:
    for dialect in known():
        yield _field(dialect, "", "side", dialect.side)
        for side in _SIDES:
            for field, of in dialect.said_by(side).items():
                yield _field(dialect, side, field, of)


def _field(dialect: Dialect, side: str, field: str, of: Labels) -> Row:
    refs = [(label, how) for label, _, how in (ref.partition(":") for ref in of.of)]
    return {"dialect": dialect.name, "side": side, "field": field, "labels": refs, "words": dict(of.words)}


def _pairs(conditions: Mapping[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    return list(conditions.items())
