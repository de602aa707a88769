"""`GET /api/v1/traces`: finding traces; the matches as a heatmap, and what tells them from others."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.instants import asked_int
from meshui.asked.traces import asked_order, asked_place, asked_traces, question_text
from meshui.running import running
from telemetry.traces.aggregate import aggregates, aggregates_of
from telemetry.traces.cursor import cursor_text
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
