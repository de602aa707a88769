"""`GET /api/v1/status`: the state of the receivers, the spool, the engine and the clock."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui import status as state
from meshui.api.answer import ok, question


@question
def status(request: HttpRequest) -> HttpResponse:
    """The body of api.md."""
    del request
    return ok(state.status(datetime.now(UTC)))
