"""`GET /api/v1/traces`: finding traces; the matches as a heatmap, and what tells them from others."""

from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.instants import asked_int
from meshui.asked.traces import asked_expression, asked_order, asked_place, asked_traces, question_text
from meshui.running import running
from telemetry.traces.aggregate import aggregates, aggregates_of
from telemetry.traces.asking import question as searching
from telemetry.traces.asking import snapshot
from telemetry.traces.contrasted import contrasted
from telemetry.traces.cursor import cursor_text
from telemetry.traces.found_body import contrast_json, heatmap_json
from telemetry.traces.heatmap import heatmap
from telemetry.traces.list_body import page_json
from telemetry.traces.search import search

LIMIT, MOST = 50, 1000


@question
def traces(request: HttpRequest) -> HttpResponse:
    """A page of traces that match; `next` is the cursor of the one after, null at the end."""
    asked, order = asked_traces(request, datetime.now(UTC)), asked_order(request)
    limit, about = asked_int(request, "limit", LIMIT, 1, MOST), question_text(order, asked)
    page = search(running().engine, asked, order=order, limit=limit, after=asked_place(request, about))
    numbers = aggregates_of(page.items) if page.whole else aggregates(page.question)
    return ok(page_json(page, numbers, cursor_text(page.next, about) if page.next else None))


@question
def heat(request: HttpRequest) -> HttpResponse:
    """Every trace that matches, by time and duration."""
    asked = asked_traces(request, datetime.now(UTC))
    engine = running().engine
    return ok(heatmap_json(heatmap(searching(engine, asked, snapshot(engine)))))


@question
def contrast(request: HttpRequest) -> HttpResponse:
    """The traces that match against the others that `against` finds in the same time: which values tell them apart."""
    asked = asked_traces(request, datetime.now(UTC))
    base = replace(asked, match=asked_expression(request, "against"))
    return ok(contrast_json(contrasted(running().engine, asked, base)))
