"""What is older than it is kept for goes, a whole partition at a time: cheap, and nothing goes in part.

Names have no age of their own: with each day of roll-ups go those that no roll-up has any more."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from telemetry.engine.engine import Engine
from telemetry.engine.statement import read, statements

_NAMES = Path(__file__).with_name("retention_names.sql")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """How long each kind of data is kept; the defaults are those of the settings RETENTION_…"""

    traces: timedelta = timedelta(days=3)
    signals_10s: timedelta = timedelta(days=2)
    points: timedelta = timedelta(hours=6)
    logs: timedelta = timedelta(days=3)
    segments: timedelta = HOUR

    def of_tables(self) -> dict[str, tuple[timedelta, timedelta]]:
        """Table → (length of one of its partitions, how long it is kept)."""
        return {
            "spans": (DAY, self.traces),
            "rejects": (DAY, self.traces),
            "conflicts": (DAY, self.traces),
            "crowded": (DAY, self.signals_10s),
            # A day longer than what names them: a resource is filed by the day it was last heard.
            "resources": (DAY, max(self.traces, self.points, self.logs) + DAY),
            "logs": (DAY, self.logs),
            "access": (DAY, self.logs),
            "points": (HOUR, self.points),
            "flushes": (HOUR, self.points),
            "dirty": (DAY, self.signals_10s),
            "edges_10s": (DAY, self.signals_10s),
            "nodes_10s": (DAY, self.signals_10s),
            "parts_10s": (DAY, self.signals_10s),
            "operations_10s": (DAY, self.signals_10s),
            "fold_far": (DAY, self.signals_10s),
            "loaded": (HOUR, self.segments),
            "refreshed": (HOUR, self.segments),
        }


@dataclass(frozen=True, slots=True)
class Dropped:
    """A partition that went: its rows ended before `until`."""

    table: str
    until: datetime


def drop_old(engine: Engine, now: datetime, kept: Kept) -> list[Dropped]:
    """Drop every partition whose newest instant is older than its table keeps. Repeating it changes nothing.

    Segments that no refresh has read are kept however old, and with them what says which others of theirs were read."""
    tables = kept.of_tables()
    dropped = []
    for row in engine.query(_PARTITIONS, {"tables": list(tables)}):
        length, age = tables[row["table"]]
        until = datetime.fromisoformat(row["partition"]).replace(tzinfo=UTC) + length
        if until > now - age or _needed(engine, row["table"], until - length, until):
            continue
        engine.execute(f"ALTER TABLE {row['table']} DROP PARTITION ID '{row['id']}'")
        dropped.append(Dropped(row["table"], until))
    if any(each.table in _OF_NAMES for each in dropped):
        for sql in statements(read(_NAMES)):
            engine.execute(sql, {"before": now - kept.signals_10s} if "{before:" in sql else {})
    return dropped


# In this order `loaded` goes before `refreshed`, which is needed as long as it names segments of `loaded`.
_PARTITIONS = """SELECT DISTINCT table, partition, partition_id AS id FROM system.parts
WHERE active AND database = currentDatabase() AND table IN (SELECT arrayJoin({tables:Array(String)}))
ORDER BY table, partition"""

_OF_NAMES = ("edges_10s", "nodes_10s", "parts_10s", "operations_10s")

_NEEDED = {
    "loaded": """SELECT count() AS n FROM loaded
        WHERE at >= {since:DateTime64(9, 'UTC')} AND at < {until:DateTime64(9, 'UTC')}
          AND (spool, segment) NOT IN (SELECT spool, segment FROM refreshed)""",
    "refreshed": """SELECT count() AS n FROM loaded WHERE (spool, segment) IN (SELECT spool, segment FROM refreshed
        WHERE at >= {since:DateTime64(9, 'UTC')} AND at < {until:DateTime64(9, 'UTC')})""",
}


def _needed(engine: Engine, table: str, since: datetime, until: datetime) -> bool:
    if table not in _NEEDED:
        return False
    return bool(engine.query(_NEEDED[table], {"since": since, "until": until})[0]["n"])
