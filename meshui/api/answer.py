"""JSON out, and the one place where an error of a question becomes problem details."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from meshui.access.problem import problem
from meshui.asked.instants import BadQuestion
from telemetry.engine.engine import EngineError


def ok(body: Any, status: int = 200) -> HttpResponse:
    return serialised(orjson.dumps(body), status)


def serialised(body: bytes, status: int = 200) -> HttpResponse:
    """An answer that is JSON already."""
    response = HttpResponse(body, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def question(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A GET of the API: unreadable parameters answer 400, another method 405, an engine that cannot answer 503, each in
    words."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return _only_asked(request)
        try:
            return view(request, *args, **kwargs)
        except BadQuestion as error:
            said = f"{error.field}: {error.message}"
            return problem(400, "Bad question", said, [(error.field, error.message)], more=error.more)
        except EngineError as error:
            return problem(503, "The engine could not answer", f"{error} Ask again, or ask for a shorter window.")

    return answered


def _only_asked(request: HttpRequest) -> HttpResponseBase:
    response = problem(405, "Method not allowed", f"{request.path} is only asked: send GET, not {request.method}.")
    response.headers["Allow"] = "GET, HEAD"
    return response
