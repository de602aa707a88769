"""How series of metric points were read, as calls between whom, or why they were not (table `readings`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from telemetry.engine.engine import Engine, Row
from telemetry.rollup.question import ask
from telemetry.window import bucket_of

RECENT = timedelta(hours=1)
"""How far back a series' last point is looked for."""

Cursor = tuple[str, int]
START: Cursor = ("", 0)


READ = {"": None, "yes": True, "no": False}
"""How a question says what `Asked.read` is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`metric`, `who`: part of a metric's name, of a sender's or an end's, in any case; `read`: only (not) read."""

    metric: str = ""
    who: str = ""
    read: bool | None = None


def cursor_text(cursor: Cursor) -> str:
    """A cursor as one text, for an address."""
    metric, number = cursor
    return f"{number}.{metric}"


def cursor_of(text: str) -> Cursor:
    """The cursor of a text, START of an empty one. Raises ValueError for a text that was none."""
    if not text:
        return START
    number, _, metric = text.partition(".")
    if not (number.isascii() and number.isdecimal() and int(number) < 1 << 64):
        raise ValueError(f"{text[:40]!r} is no cursor: expected the `next` of an answer before")
    return metric, int(number)


@dataclass(frozen=True, slots=True)
class Reading:
    """One series, or the `buckets` of one classic histogram. `why` is None if it was read, else the reason it was not.

    `source`, `target` are node ids, None where the series does not say; `peer` is the raw name of the other side where
    only that is known, `cluster` what a proxy calls it. `code` as in answers (`503`, `grpc:14`), `5xx` where only the
    class is said. `sender`, `labels`, `last` are of a point of the last hour."""

    metric: str
    sender: str | None
    instance: str | None
    labels: Mapping[str, str]
    type: str
    dialect: str
    measure: str
    why: str | None
    side: str
    source: str | None
    target: str | None
    peer: str | None
    cluster: str | None
    protocol: str
    operation: str
    code: str | None
    flags: tuple[str, ...]
    tls: str
    versions: tuple[str, str]
    identities: tuple[str, str]
    buckets: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Readings:
    """In order of metrics; `after` is where to go on, None at the end."""

    items: tuple[Reading, ...]
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Series that are read; and by reason, most first, (reason, series, metrics) of those that are not."""

    read: int
    unread: tuple[tuple[str, int, int], ...]

    @property
    def not_read(self) -> int:
        return sum(series for _, series, _ in self.unread)


def readings(engine: Engine, asked: Asked, now: datetime, limit: int, after: Cursor = START) -> Readings:
    """At most `limit` series that fit what is asked, after a cursor. Raises EngineError."""
    read = "" if asked.read is None else "yes" if asked.read else "no"
    metric, number = after
    wanted = {"metric": asked.metric, "who": asked.who, "read": read, "after_metric": metric, "after_id": number}
    rows = ask(engine, "readings_list", limit=limit + 1, **wanted)
    page = rows[:limit]
    points = _points(engine, page, now)
    items = tuple(_reading(row, points.get(row["series"])) for row in page)
    return Readings(items, (page[-1]["metric"], page[-1]["id"]) if len(rows) > limit else None)


def summary(engine: Engine) -> Summary:
    """Of every series that is known. Raises EngineError."""
    rows = ask(engine, "readings_summary")
    unread = tuple((row["why"], row["series"], row["metrics"]) for row in rows if row["why"])
    return Summary(sum(row["series"] for row in rows if not row["why"]), unread)


def _points(engine: Engine, page: list[Row], now: datetime) -> dict[int, Row]:
    if not page:
        return {}
    metrics, series = sorted({row["metric"] for row in page}), [row["series"] for row in page]
    found = ask(engine, "readings_points", since=bucket_of(now - RECENT), metrics=metrics, series=series)
    return {row["series"]: row for row in found}


def _code(row: Row) -> str | None:
    if row["grpc"] >= 0:
        return f"grpc:{row['grpc']}"
    if row["code"]:
        return str(row["code"])
    return f"{row['first_digit']}xx" if row["first_digit"] else None


def _reading(row: Row, point: Row | None) -> Reading:
    peer = f"{row['peer_ns']}/{row['peer']}" if row["peer"] and row["peer_ns"] else row["peer"]
    return Reading(
        metric=row["metric"],
        sender=point["sender"] if point else None,
        instance=row["instance"] or None,
        labels=dict(zip(point["names"], point["labels"], strict=True)) if point else {},
        type=row["type"],
        dialect=row["dialect"],
        measure=row["measure"],
        why=row["why"] or None,
        side=row["side"],
        source=row["source"] or None,
        target=row["target"] or None,
        peer=peer or None,
        cluster=row["cluster"] or None,
        protocol=row["protocol"],
        operation=row["operation"],
        code=_code(row),
        flags=tuple(row["flags"].split(",")) if row["flags"] else (),
        tls=row["tls"],
        versions=(row["source_version"], row["target_version"]),
        identities=(row["source_identity"], row["target_identity"]),
        buckets=row["number"] if row["measure"].endswith("_bucket") else 0,
        last=datetime.fromisoformat(point["last"]).replace(tzinfo=UTC) if point else None,
    )
