"""What Envoys were seen to say lately in spans, logs and statistics, for hints on what they could add."""

from datetime import datetime, timedelta

from telemetry.engine.engine import Engine, Row
from telemetry.hints import Seen
from telemetry.rollup.question import ask
from telemetry.window import bucket_of

LATELY = timedelta(minutes=5)


def seen(engine: Engine, now: datetime) -> tuple[Seen, ...]:
    """One for each node whose proxies sent anything in LATELY, or address that names nobody. Raises EngineError."""
    since = bucket_of(now - LATELY)
    spans, logs, statistics = (
        {row["node"]: row for row in ask(engine, name, since=since)}
        for name in ("proxies_spans", "proxies_logs", "proxies_statistics")
    )
    nodes = sorted({*spans, *logs, *statistics})
    return tuple(_seen(node, spans.get(node), logs.get(node), statistics.get(node)) for node in nodes)


def _seen(node: str, spans: Row | None, logs: Row | None, statistics: Row | None) -> Seen:
    told = [row for row in (spans, logs) if row is not None]
    grpc = spans is not None and spans["grpc"] > 0
    return Seen(
        node,
        missing=_missing(node, told, statistics),
        secured=_said(told, "connected", "secured"),
        directed=None if spans is None else spans["undecided"] == 0,
        flagged=_said(told, "refused", "explained") if told else False,
        # Logs count exactly and say the status; beside them nobody needs it from statistics.
        statuses=statistics["statuses"] > 0 if statistics is not None and grpc and logs is None else None,
        limited=statistics["limits"] > 0 if statistics is not None and statistics["breakers"] else None,
        whole=None if statistics is None else statistics["cut"] == 0,
    )


def _said(told: list[Row], occasion: str, said: str) -> bool | None:
    """Whether spans or logs said something, None where there was nothing to say."""
    if any(row[said] for row in told):
        return True
    return False if any(row[occasion] for row in told) else None


def _missing(node: str, told: list[Row], statistics: Row | None) -> tuple[str, ...]:
    """What some of a node's senders do not say; of statistics alone the instance is not known to be missing."""
    if not told and statistics is not None and not statistics["named"]:
        return ("namespace", "version", "instance")
    lacks = {
        "namespace": node.startswith("-/"),
        "version": any(not row["versioned"] for row in told or ([statistics] if statistics else [])),
        "instance": any(not row["instanced"] for row in told),
    }
    return tuple(what for what, lacking in lacks.items() if lacking)
