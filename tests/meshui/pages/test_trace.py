"""The page of a trace without a script, the parts that its script asks for, and two traces compared."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from meshui.pages import compare, trace, trace_detail
from meshui.running import Running
from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Away
from telemetry.expression.parse import parse
from telemetry.expression.tree import Comparison, Name, Value
from telemetry.span import Record, Span
from tests.build import event, link, load, resource, span, traces
from tests.meshui.held import held

ID = f"{7:032x}"
START = datetime.now(UTC) - timedelta(seconds=5)


@pytest.fixture
def running(engine: EmbeddedEngine, tmp_path: Path) -> Iterator[Running]:
    with held(engine, tmp_path) as here:
        yield here


def get(path: str, **headers: str) -> HttpResponse:
    request = RequestFactory().get(path, HTTP_HOST="127.0.0.1:8000", headers=headers)
    request.user = AnonymousUser()
    if path.startswith("/traces/compare/"):
        return compare.page(request)
    return trace.page(request, path.split("/")[2])


def page(path: str = f"/traces/{ID}/", status: int = 200) -> str:
    response = get(path)
    assert response.status_code == status, response.content
    return " ".join(response.content.decode().split())


def outline(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="outline">(.*?)</script>', text)
    assert found is not None
    body: dict[str, Any] = json.loads(found[1])
    return body


@dataclass
class Shop:
    """web asks cart, whose proxy refuses: sent as its parts arrive."""

    engine: EmbeddedEngine
    folder: Path
    trace_id: int = 7
    code: int = 503

    def _http(self, route: str) -> dict[str, Any]:
        return {"http.request.method": "GET", "http.route": route, "http.response.status_code": self.code}

    def web(self) -> None:
        common: dict[str, Any] = {"trace": self.trace_id, "start": START, "attributes": self._http("/shop")}
        boom = event("exception", at=START, attributes={"exception.message": "<b>cart & co</b>"})
        sent = [
            span("GET /shop", id=1, ms=100, status="error", **common),
            span("GET", id=2, parent=1, kind="client", ms=80, events=[boom], links=[link(9, 10)], **common),
        ]
        load(self.engine, self.folder, traces(resource("web", namespace="shop", version="v3"), *sent))

    def cart(self) -> None:
        common: dict[str, Any] = {"trace": self.trace_id, "start": START + timedelta(milliseconds=10)}
        sent = span("GET /cart", id=3, parent=2, ms=60, attributes=self._http("/cart"), status="error", **common)
        load(self.engine, self.folder, traces(resource("cart", namespace="shop", version="v2"), sent))


@pytest.fixture
def shop(running: Running, engine: EmbeddedEngine, tmp_path: Path) -> Shop:
    made = Shop(engine, tmp_path)
    made.web()
    made.cart()
    return made


def test_the_page_says_all_of_it_without_a_script(shop: Shop) -> None:
    text = page()
    assert "<h1>GET /shop</h1>" in text
    assert '<b class="strong">100 ms</b>' in text
    assert "3 spans in 2 services" in text
    assert 'data-h="failing"' in text
    where = re.search(r'<h2 class="bad">Where it failed</h2><p>(.*?)</p>', text)
    assert where is not None
    assert where[1] == (
        f'<a class="link" href="?span={3:016x}#detail" data-index="2"><b>shop/cart v2</b></a>'
        " answered 503 to GET /cart."
    )
    assert "Where the time went" in text
    assert re.findall(r'data-index="(\d)" id="row-', text) == ["0", "1", "2"]
    assert f'href="/traces/compare/?a={ID}&amp;b=typical"' in text
    assert f'href="/api/v1/traces/{ID}" download=' in text
    assert "path=shop%2Fweb%E2%86%92shop%2Fcart" in text, "its calls stand out on the graph"


def test_the_script_gets_every_span_as_numbers(shop: Shop) -> None:
    body = outline(page())
    assert (body["trace_id"], body["duration"], body["origin"]) == (ID, 100_000, 2)
    assert body["columns"]["parent"] == [-1, 0, 1]


def test_a_page_says_for_how_long_its_trace_may_still_grow(running: Running, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    fresh = traces(resource("web"), span("GET /", trace=8, id=1, start=began, ms=100))
    load(running.engine, tmp_path, fresh, received=began)
    before = datetime.now(UTC)
    arriving_s = outline(page(f"/traces/{8:032x}/"))["arriving_s"]
    ends = began.timestamp() + 0.1 + trace.ARRIVING_S
    after = datetime.now(UTC)
    assert ends - after.timestamp() - 0.01 <= arriving_s <= ends - before.timestamp() + 0.01


def test_names_cannot_end_the_script_they_are_in(running: Running, engine: EmbeddedEngine, tmp_path: Path) -> None:
    name = "</script><script>alert(1)//"
    load(engine, tmp_path, traces(resource("web", namespace="shop"), span(name, trace=7, start=START)))
    text = page()
    assert "<script>alert" not in text
    assert name in outline(text)["operations"]


def test_a_chosen_span_is_shown_without_a_script(shop: Shop) -> None:
    text = page(f"/traces/{ID}/?span={2:016x}")
    assert '<h2 id="detail-title" tabindex="-1">GET /shop</h2>' in text
    assert "&lt;b&gt;cart &amp; co&lt;/b&gt;" in text


def test_what_a_span_said_is_asked_alone(shop: Shop) -> None:
    text = page(f"/traces/{ID}/?part=span&span={2:016x}")
    assert "<h1" not in text
    assert "&lt;b&gt;cart &amp; co&lt;/b&gt;" in text
    assert f'href="/traces/{9:032x}/?span={10:016x}"' in text
    assert 'data-copy-text="/shop"' in text
    assert "/traces/?q=%22http.route%22+%3D+%22%2Fshop%22" in text
    assert "/traces/?q=%22http.route%22+%21%3D+%22%2Fshop%22" in text
    assert "service=shop%2Fweb&amp;operation=GET+%2Fshop&amp;status=error" in text
    assert page(f"/traces/{ID}/?part=span&span={99:016x}", status=404) == ""
    assert page(f"/traces/{ID}/?part=span&span=nonsense", status=404) == ""


def test_words_are_looked_for_in_what_spans_say(shop: Shop) -> None:
    assert json.loads(get(f"/traces/{ID}/?part=find&find=CO</b>+/cart").content) == {
        "co</b>": [f"{2:016x}"],
        "/cart": [f"{3:016x}"],
    }
    assert json.loads(get(f"/traces/{ID}/?part=find&find=+").content) == {}


def test_a_trace_that_arrives_is_answered_only_when_there_is_more(
    running: Running, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    arriving = Shop(engine, tmp_path)
    arriving.web()
    first = get(f"/traces/{ID}/?part=live")
    tag = first.headers["ETag"]
    same = get(f"/traces/{ID}/?part=live", **{"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    arriving.cart()
    more = get(f"/traces/{ID}/?part=live", **{"If-None-Match": tag})
    assert more.status_code == 200
    text = " ".join(more.content.decode().split())
    assert len(outline(text)["columns"]["id"]) == 3
    assert re.findall(r'data-part="(\w+)"', text) == ["head", "cards", "notes"]
    assert more.headers["ETag"] != tag


def test_flags_and_access_logs_stand_in_words() -> None:
    record = Record(
        "a", "shop/web", "out", 0, 12_000_000, code=503, flags=("UH", "URX"), attempts=3, arrived=0, tls="mutual"
    )
    sent = Span("a", None, "shop/web", "out", "client", "GET", "GET", 0, 1, flags=("UH",), logs=(record,))
    (said,) = trace_detail.said([sent])
    (log,) = said["logs"]
    assert [note["flag"] for note in log["notes"]] == ["URX"], "what the span says already is said once"
    assert log["facts"] == [
        ("answer", "503"), ("flags", "UH, URX"), ("took", "12\u2009ms"), ("reached", "the called side never got it"),
        ("tries", "3"), ("TLS", "mutual TLS"),
    ]  # fmt: skip
    assert said["like"] == "/traces/?service=shop%2Fweb&operation=GET&flag=UH"


def test_values_of_any_kind_are_readable_and_searched_where_a_search_can_find_them() -> None:
    given: dict[str, Any] = {
        "b": True,
        "n": 7,
        "l": [1, "x"],
        "q": 'say "hi"\\',
        "none": None,
        "raw": b"\x00\xff",
        "long": "x" * 401,
    }
    sent = Span("a", None, "shop/web", "in", "server", "GET", "GET", 0, 1, attributes=given)
    (said,) = trace_detail.said([sent])
    shown = {each["key"]: each for each in said["attributes"]}
    values = {key: each["value"] for key, each in shown.items() if key != "long"}
    assert values == {"b": "true", "n": "7", "l": '[1,"x"]', "q": 'say "hi"\\', "none": "null", "raw": '"AP8="'}
    assert {key for key, each in shown.items() if "search" in each} == {"b", "n", "q"}
    asked = parse_qs(urlsplit(shown["q"]["exclude"]).query)["q"][0]
    assert parse(asked) == Comparison(Name("q", quoted=True), "!=", (Value(given["q"], quoted=True),))


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        pytest.param("/traces/nonsense/", 400, "This is no trace id.", id="no id"),
        pytest.param(f"/traces/{1:032x}/", 404, "No span of this trace is stored.", id="unknown"),
        pytest.param(f"/traces/compare/?a={1:032x}", 404, "No span of this trace is stored.", id="compare unknown"),
        pytest.param("/traces/compare/?a=x", 400, "This is no trace id.", id="compare no id"),
        pytest.param("/traces/compare/", 400, "This is no trace id.", id="compare nothing"),
        pytest.param(f"/traces/compare/?a={ID}&b=x", 400, "This is no trace id.", id="compare with no id"),
        pytest.param(f"/traces/compare/?a={ID}&b={1:032x}", 404, "No span of this trace", id="compare with unknown"),
        pytest.param(f"/traces/compare/?a={ID}", 404, "There is nothing usual to compare with.", id="nothing usual"),
    ],
)
def test_where_there_is_no_trace_a_sentence_says_why(shop: Shop, path: str, status: int, says: str) -> None:
    assert says in page(path, status)


def test_an_engine_that_is_away_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Away("The engine is busy.")

    monkeypatch.setattr(trace, "load", away)
    monkeypatch.setattr(compare, "load", away)
    assert "The engine could not answer." in page(status=503)
    assert "The engine is busy." in page(f"/traces/compare/?a={ID}", 503)


@pytest.mark.parametrize(("given", "wanted"), [(f"{7:016x}", ID), (f"{0xAB:032X}", f"{0xAB:032x}")])
def test_an_id_has_one_address(running: Running, given: str, wanted: str) -> None:
    answer = get(f"/traces/{given}/?span=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/traces/{wanted}/?span=1")


def test_two_traces_stand_side_by_side(shop: Shop, engine: EmbeddedEngine, tmp_path: Path) -> None:
    good = Shop(engine, tmp_path, trace_id=8, code=200)
    good.web()
    text = page(f"/traces/compare/?a={ID}&b={8:032x}")
    assert "GET /shop against another" in text
    assert "shop/cart: GET /cart is only here, not in the other." in text
    assert '<span class="sm-hide">only here</span>' in text
    turned = page(f"/traces/compare/?a={8:032x}&b={ID}")
    assert "shop/cart: GET /cart is missing here, in the other it is there." in turned
