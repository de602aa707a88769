"""Jaeger's query API below `/jaeger/api/`, for Grafana's Jaeger data source, Kiali and Jaeger's UI (docs/jaeger.md).

A search is answered in the names it was asked in: `shop/cart`, `cart.shop` (Kiali) or `cart`. All else says ids, and
`cart.shop` under `/jaeger/dotted/api/`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok
from meshui.api.asked_jaeger import MOST_IDS, asked_limit, asked_search, asked_span, flag
from meshui.asked.instants import BadQuestion
from meshui.asked.traces import LONGEST
from meshui.running import running
from telemetry.engine.engine import EngineError
from telemetry.rollup.dependencies import dependencies as read_dependencies
from telemetry.trace_id import trace_id_in
from telemetry.traces import catalogue, load
from telemetry.traces.jaeger import Names, trace_json
from telemetry.traces.load_many import traces as load_many
from telemetry.traces.search import search
from telemetry.window import Window

_NOT_STORED = "trace not found"
_ALLOWED = {"GET", "HEAD"}


def asked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A GET whose errors have the form of Jaeger's."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _ALLOWED:
            response = _error(405, f"{request.path} is only asked: send GET, not {request.method}.")
            response.headers["Allow"] = "GET, HEAD"
            return response
        try:
            return view(request, *args, **kwargs)
        except BadQuestion as error:
            return _error(400, f"{error.field}: {error.message}")
        except EngineError as error:
            return _error(503, f"The engine could not answer: {error} Ask again, or ask for a shorter time.")

    return answered


@asked
def services(request: HttpRequest, names: Names = Names.ID) -> HttpResponse:
    """Services whose spans are kept."""
    del request
    since = datetime.now(UTC) - timedelta(seconds=settings.CONFIG.retention_traces)
    return _said(sorted({names.of(node) for node in catalogue.services(running().engine, since)}))


@asked
def service_operations(request: HttpRequest, service: str, names: Names = Names.ID) -> HttpResponse:
    """Names of a service's spans, whatever their kind."""
    del request, names
    found = catalogue.span_names(running().engine, _nodes(service), datetime.now(UTC))
    return _said(list(dict.fromkeys(each.name for each in found)))


@asked
def operations(request: HttpRequest, names: Names = Names.ID) -> HttpResponse:
    """Names of a service's spans with their kinds, or of one kind."""
    del names
    kind = request.GET.get("spanKind", "")
    if kind not in ("", *load.KINDS):
        raise BadQuestion("spanKind", f"expected {', '.join(load.KINDS[1:])}")
    found = catalogue.span_names(running().engine, _nodes(_service(request)), datetime.now(UTC), kind)
    return _said([{"name": each.name, "spanKind": "" if each.kind == load.KINDS[0] else each.kind} for each in found])


@asked
def traces(request: HttpRequest, names: Names = Names.ID) -> HttpResponse:
    """Traces by their ids, or the newest in which one span is all that was asked for."""
    ids = request.GET.getlist("traceID")
    if ids:
        return _by_id(ids[: MOST_IDS + 1], names, raw=flag(request, "raw"))
    service = _service(request)
    nodes = _nodes(service)
    if not nodes:
        return _said([])
    engine = running().engine
    page = search(engine, asked_search(request, nodes, datetime.now(UTC)), limit=asked_limit(request))
    found = load_many(engine, {item.trace_id: item.start_ns for item in page.items})
    called = _called(service, names)
    return _said([trace_json(trace, called) for trace in found])


@asked
def trace(request: HttpRequest, trace_id: str, names: Names = Names.ID) -> HttpResponse:
    """One trace; `raw=true` leaves clocks as they were."""
    found = load.trace(running().engine, _id(trace_id))
    if found is None:
        return _error(404, _NOT_STORED)
    return _said([trace_json(found, names, raw=flag(request, "raw"))])


@asked
def dependencies(request: HttpRequest, names: Names = Names.ID) -> HttpResponse:
    """Calls between services; `service` keeps those of one."""
    since, until = asked_span(request, datetime.now(UTC))
    links: dict[tuple[str, str], int] = {}
    for each in read_dependencies(running().engine, Window(since, until)):
        pair = (names.of(each.source), names.of(each.target))
        links[pair] = links.get(pair, 0) + each.calls
    only = request.GET.get("service", "")
    return _said(
        [
            {"parent": parent, "child": child, "callCount": calls}
            for (parent, child), calls in links.items()
            if only in ("", parent, child)
        ]
    )


def _service(request: HttpRequest) -> str:
    service = request.GET.get("service", "")
    if not service:
        raise BadQuestion("service", "a service is needed")
    return service


def _nodes(service: str) -> list[str]:
    """Ids of the services that are meant: one by its id, any number by `cart.shop` or `cart`."""
    if len(service) > LONGEST:
        raise BadQuestion("service", f"expected at most {LONGEST:,} characters")
    return [service] if "/" in service else catalogue.called(running().engine, service)


def _called(service: str, names: Names) -> Names:
    """The names that a search is answered in: those it was asked in."""
    if "/" in service:
        return names
    dotted = any(Names.DOTTED.of(node) == service != Names.BARE.of(node) for node in _nodes(service))
    return Names.DOTTED if dotted or names is Names.DOTTED else Names.BARE


def _by_id(ids: list[str], names: Names, *, raw: bool) -> HttpResponse:
    if len(ids) > MOST_IDS:
        raise BadQuestion("traceID", f"at most {MOST_IDS} are asked at once")
    found, errors = [], []
    for each in dict.fromkeys(map(_id, ids)):
        one = load.trace(running().engine, each)
        if one is None:
            errors.append({"msg": _NOT_STORED, "traceID": each})
        else:
            found.append(trace_json(one, names, raw=raw))
    return _said(found, errors)


def _id(text: str) -> str:
    """Jaeger leaves out leading zeros."""
    found = trace_id_in(text.zfill(32) if text.isalnum() and len(text) < 32 else text)
    if found is None:
        raise BadQuestion("traceID", f"{text[:80]!r} is no trace id: expected at most 32 hexadecimal digits")
    return found


def _said(data: list[Any], errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    return ok({"data": data, "total": len(data), "limit": 0, "offset": 0, "errors": errors or None})


def _error(status: int, text: str) -> HttpResponse:
    body = {"data": None, "total": 0, "limit": 0, "offset": 0, "errors": [{"code": status, "msg": text}]}
    return ok(body, status)
