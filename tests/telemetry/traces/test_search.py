"""Search finds what a person would find by looking: by every field, in every order, page by page while data arrives."""

from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.expression.parse import parse
from telemetry.traces.aggregate import aggregates
from telemetry.traces.asking import Asked
from telemetry.traces.search import Page, search
from tests.build import later, load, resource, span, traces, unix_ns

WEB = resource("web", namespace="shop", version="v1")
CART = resource("cart", namespace="shop", version="v2", attributes={"k8s.pod.name": "cart-1", "zone": "a"})
OLD = resource("cart", namespace="shop", version="v1", attributes={"k8s.pod.name": "cart-0", "zone": "b"})


def find(engine: EmbeddedEngine, q: str = "", **more: object) -> Page:
    match = parse(q) if q else None
    return search(engine, Asked(match, unix_ns(later(-600)), unix_ns(later(600))), **more)  # type: ignore[arg-type]


def numbers(page: Page) -> list[int]:
    return [int(item.trace_id, 16) for item in page.items]


@pytest.fixture
def shop(engine: EmbeddedEngine, tmp_path: Path) -> EmbeddedEngine:
    """Trace 1 is fine; in 2 the cart's new version fails after 400 ms; in 3 its old one is asked by nobody known."""
    http = {"http.request.method": "GET", "http.route": "/cart"}
    failing = http | {"http.response.status_code": 503, "response_flags": "UH,URX", "size": 20480}
    to_cart, odd = {"server.address": "cart"}, {"empty": "", "flag": "x y"}
    load(
        engine,
        tmp_path,
        traces(WEB, span("GET /", trace=1, id=1, ms=50), span("GET", trace=1, id=2, parent=1, kind="client", ms=40)),
        traces(OLD, span("x", trace=1, id=3, parent=2, ms=30, attributes=http | {"size": 5})),
        traces(
            WEB,
            span("GET /", trace=2, id=1, start=later(1), ms=450),
            span("GET", trace=2, id=2, parent=1, start=later(1), kind="client", ms=440, attributes=to_cart),
        ),
        traces(CART, span("x", trace=2, id=3, parent=2, start=later(1.01), ms=400, attributes=failing, status="error")),
        traces(OLD, span("job", trace=3, id=1, parent=77, start=later(2), ms=5, attributes=odd)),
    )  # fmt: skip
    return engine


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", [3, 2, 1]),
        ("service = cart", [3, 2, 1]),
        ("service = shop/web", [2, 1]),
        ("service = web/shop", []),
        ("service ~ we", [2, 1]),
        ("service != shop/cart", [2, 1]),
        ("operation = \"GET /cart\"", [2, 1]),
        ("operation in (job, nothing)", [3]),
        ("kind = client", [2, 1]),
        ("status = error", [2]),
        ("service = cart and status = ok", [3, 1]),
        ("duration > 300ms", [2]),
        ("duration >= 450ms and service = web", [2]),
        ("duration = 5ms", [3]),
        ("trace.duration < 10ms", [3]),
        ("service = cart and trace.duration > 45ms and trace.duration <= 0.05s", [1]),
        ("trace.duration > 200ms or operation = job", [3, 2]),
        ("flag = UH", [2]),
        ("flag = U", []),
        ("flag ~ ^UH", [2]),
        ("kind = server and service = cart and not flag = URX", [3, 1]),
        ("flag = \"\" and status = ok and operation = \"GET /cart\"", [1]),
        ("version = v2", [2]),
        ("instance ~ ^cart-", [3, 2, 1]),
        ("instance = cart-1", [2]),
        ("edge = shop/web→shop/cart", [2, 1]),
        ("edge = shop/web->shop/cart and status = error", [2]),
        ("edge = shop/cart->shop/web", []),
        ("http.route = /cart", [2, 1]),
        ("http.response.status_code = 503", [2]),
        ("size > 10k", [2]),
        ("size < 10", [1]),
        ("empty = \"\"", [3]),
        ("flag = x", []),
        ("\"flag\" = \"x y\"", [3]),
        ("\"flag\" ~ \"^x\\s\"", [3]),
        ("zone = a", [2]),
        ("k8s.pod.name ~ cart and service.version in (v1)", [3, 1]),
        ("zone != a and service = cart", [3, 1]),
        ("service = cart and (zone = a or size < 10)", [2, 1]),
        ("nothing = x", []),
    ],
)  # fmt: skip
def test_each_field_finds_its_traces(shop: EmbeddedEngine, q: str, expected: list[int]) -> None:
    page = find(shop, q)
    assert numbers(page) == expected
    assert page.next is None
    assert aggregates(page.question).traces == len(expected)


def test_a_trace_is_summed_up(shop: EmbeddedEngine) -> None:
    (item,) = find(shop, "status = error").items
    assert (item.root_service, item.root_operation) == ("shop/web", "GET /")
    assert (item.start_ns, item.duration_ns) == (unix_ns(later(1)), 450_000_000)
    assert (item.spans, item.errors) == (3, 1)
    assert [(part.id, part.spans, part.errors) for part in item.services] == [("shop/web", 2, 0), ("shop/cart", 1, 1)]
    assert item.matched == (f"{3:016x}",)
    assert item.complete
    (lost,) = find(shop, "operation = job").items
    assert (lost.root_service, lost.complete) == ("shop/cart", False)


def test_orders(shop: EmbeddedEngine) -> None:
    assert numbers(find(shop, order="slowest")) == [2, 1, 3]
    assert numbers(find(shop, order="errors")) == [2, 3, 1]


def test_numbers_of_the_matches(shop: EmbeddedEngine) -> None:
    found = aggregates(find(shop, "service = cart").question)
    assert (found.traces, found.failed) == (3, 1)
    assert found.quantiles_ms == (50.0, 450.0, 450.0)
    assert aggregates(find(shop, "nothing = x").question).quantiles_ms == (None, None, None)
