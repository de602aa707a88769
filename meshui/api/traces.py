"""`GET /api/v1/traces`: finding traces, and the matches in numbers."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.instants import BadQuestion, asked_int
from meshui.asked.traces import asked_traces
from meshui.running import running
from telemetry.expression.tree import text
from telemetry.traces.aggregate import aggregates, aggregates_of
from telemetry.traces.cursor import Cursor, cursor_of, cursor_text
from telemetry.traces.list_body import page_json
from telemetry.traces.search import ORDERS, Order, search

LIMIT, MOST = 50, 1000


@question
def traces(request: HttpRequest) -> HttpResponse:
    """A page of traces that match; `next` is the cursor of the one after, null at the end."""
    asked, order, limit = (
        asked_traces(request, datetime.now(UTC)),
        _order(request),
        asked_int(request, "limit", LIMIT, 1, MOST),
    )
    about = f"{order} {'' if asked.match is None else text(asked.match)}"
    page = search(running().engine, asked, order=order, limit=limit, after=_after(request, about))
    numbers = aggregates_of(page.items) if page.whole else aggregates(page.question)
    return ok(page_json(page, numbers, cursor_text(page.next, about) if page.next else None))


def _order(request: HttpRequest) -> Order:
    wanted = request.GET.get("order", ORDERS[0])
    for order in ORDERS:
        if order == wanted:
            return order
    raise BadQuestion("order", f"expected {', '.join(ORDERS)}")


def _after(request: HttpRequest, about: str) -> Cursor | None:
    said = request.GET.get("cursor", "")
    try:
        return cursor_of(said, about) if said else None
    except ValueError as error:
        raise BadQuestion("cursor", str(error)) from error
