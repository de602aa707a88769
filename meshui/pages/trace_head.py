"""What stands above a waterfall: how the request ended, where it failed and where its time went, and the first rows."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from meshui.pages.words import count, ms, units
from telemetry.span import Trace
from telemetry.traces.outline import CRITICAL, FAILED, NOBODY, unanswered
from telemetry.traces.rows import Row, rows
from telemetry.traces.telling import Telling

FIRST = 60
"""Rows that are HTML: what a screen shows before the script draws the rest."""
HUES = 6
BROKEN = frozenset({"incomplete", "missing_parent"})
_AROUND_S = 30
_MOST_CALLS = 60


def head(say: Telling, drawn: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Title, status, and a card each for the failure and the time."""
    trace = say.trace
    began, most = drawn["origin"], drawn["slowest"]
    failed = bool(drawn["columns"]["marks"][trace.root] & FAILED)
    return {
        "request_name": say.asked(trace.root),
        "whole": not any(warning.kind in BROKEN for warning in trace.warnings),
        "failed": failed,
        "status": say.ended(trace.root) or ("failed" if failed else "ok"),
        "took": ms(drawn["duration"] / 1000),
        "start": datetime.fromtimestamp(trace.start_ns / 1e9, UTC),
        "services": len(drawn["services"]),
        "began": None if began == NOBODY else _told(trace, began, drawn["origin_text"]),
        "most": None if most == NOBODY else _told(trace, most, drawn["slowest_text"]),
        "on_graph": on_graph(say, now),
        "proxies": sum(target != NOBODY for target in drawn["columns"]["folded"]),
    }


def _told(trace: Trace, index: int, text: str) -> SafeString:
    """A sentence in which the service of its span is a link to it; where it is not named, all of it is."""
    span, whole = trace.spans[index], units(f"{text}.")
    name = f"{span.node} {span.version}".rstrip()
    before, found, after = whole.partition(name)
    if not found:
        before, found, after = whole.partition(span.node)
    if not found:
        before, found, after = "", whole, ""
    link = '{}<a class="link" href="?span={}#detail" data-index="{}"><b>{}</b></a>{}'
    return format_html(link, before, span.span_id, index, found, after)


def on_graph(say: Telling, now: datetime) -> str:
    """The graph page at the time of the trace, with the calls it is made of."""
    trace = say.trace
    ended = datetime.fromtimestamp((trace.start_ns + trace.duration_ns) / 1e9 + _AROUND_S, UTC)
    calls: dict[str, None] = {}
    for index, parent in enumerate(trace.parents):
        if parent is None:
            continue
        source, target = trace.spans[parent].node, trace.spans[index].node
        if source != target:
            calls.setdefault(f"{source}→{target}")
    for index, target in unanswered(say):
        # What is only known by the name it was called by stands on the graph under none of its namespaces.
        calls.setdefault(f"{trace.spans[index].node}→{target if '/' in target else f'-/{target}'}")
    asked = {"at": f"{min(ended, now):%Y-%m-%dT%H:%M:%SZ}", "path": ",".join(list(calls)[:_MOST_CALLS])}
    return f"/graph/?{urlencode({name: text for name, text in asked.items() if text})}"


def first_rows(trace: Trace, drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """The first rows as the script would draw them, in percent of the width."""
    segments: dict[int, list[dict[str, str]]] = {}
    whole = drawn["duration"] or 1
    folded, path = drawn["columns"]["folded"], drawn["path"]
    for at in range(0, len(path), 4):
        index, since, until, waiting = path[at : at + 4]
        stands = index if folded[index] == NOBODY else folded[index]
        if not waiting:
            segments.setdefault(stands, []).append(
                {"x": _percent(since, whole), "width": _percent(until - since, whole)}
            )
    began = drawn["origin"]
    # Where it began to fail is worth seeing before anybody has asked.
    unfolded = None if began == NOBODY or folded[began] == NOBODY else folded[began]
    shown = rows(trace, unfolded)[:FIRST]
    return [_row(trace, drawn, row, segments.get(row.index, []), whole) for row in shown]


def _row(trace: Trace, drawn: dict[str, Any], row: Row, segments: list[dict[str, str]], whole: int) -> dict[str, Any]:
    columns, span = drawn["columns"], trace.spans[row.index]
    start, duration = columns["start"][row.index], columns["duration"][row.index]
    right = (start + duration) / whole > 0.7
    return {
        "index": row.index,
        "span": span,
        "name": span.node.rpartition("/")[2],
        "indent": 15 * min(row.depth, 16),
        "level": row.depth + 1,
        "parent": row.parent,
        "folded": row.folded,
        "folded_words": folded_words(row.folded),
        "hue": columns["service"][row.index] % HUES,
        "failed": bool(columns["marks"][row.index] & FAILED),
        "critical": bool(columns["marks"][row.index] & CRITICAL),
        "origin": row.index == drawn["origin"],
        "word": drawn["words"][columns["word"][row.index]],
        "took": ms(duration / 1000),
        "x": _percent(start, whole),
        "width": _percent(max(duration, whole / 400), whole),
        "segments": segments,
        "label_x": _percent(start if right else start + duration, whole),
        "before": right and start / whole > 0.2,
        "inside": right and start / whole <= 0.2,
    }


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.3f}%"


def folded_words(number: int) -> str:
    """`+1 proxy`, `+2 proxies`."""
    return f"+{count(number)} {'proxy' if number == 1 else 'proxies'}"
