"""One span a page or call of the API, for MeshUI's own telemetry; not there at all while that is off."""

from collections.abc import Callable

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, Status, StatusCode

from meshui import own_telemetry

UNTRACED = ("/static/", "/healthz", "/readyz", "/metrics")


class Traced:
    """The caller's trace goes on where it sends a `traceparent`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not own_telemetry.wanted():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(UNTRACED):
            return self.get_response(request)
        method = request.method or ""
        caller = extract({name.lower(): value for name, value in request.headers.items()})
        with own_telemetry.tracer.start_as_current_span(method, caller, kind=SpanKind.SERVER) as span:
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else ""
            span.update_name(f"{method} /{route}")
            span.set_attributes(
                {
                    "http.request.method": method,
                    "http.route": f"/{route}",
                    "url.path": request.path,
                    "http.response.status_code": response.status_code,
                }
            )
            if response.status_code >= 500:
                span.set_status(Status(StatusCode.ERROR))
        return response
