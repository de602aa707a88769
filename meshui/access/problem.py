"""RFC 9457 problem details: the one shape of every error of the API."""

from collections.abc import Mapping, Sequence

import orjson
from django.http import HttpResponse


def problem(
    status: int,
    title: str,
    detail: str,
    errors: Sequence[tuple[str, str]] = (),
    kind: str = "about:blank",
    *,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """An answer saying what, where (`errors`: field and message) and what to do. `more`: members of its own."""
    body: dict[str, object] = {"type": kind, "title": title, "status": status, "detail": detail, **(more or {})}
    if errors:
        body["errors"] = [{"field": field, "message": message} for field, message in errors]
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="meshui"'
    return response
