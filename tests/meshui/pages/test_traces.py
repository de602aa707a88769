"""The page of traces without a script: list, mistakes, parts, and addresses that ask on."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from meshui.pages import traces
from meshui.pages.traces_different import narrowed
from meshui.pages.traces_query import Asked
from meshui.running import Running
from telemetry.engine.embedded import EmbeddedEngine
from telemetry.expression.parse import parse
from telemetry.expression.tree import Name, comparisons
from tests.build import event, load, resource, span
from tests.build import traces as sent
from tests.meshui.held import held

CALLS, FAILING = 60, 5


@pytest.fixture
def shop(engine: EmbeddedEngine, tmp_path: Path) -> Iterator[Running]:
    """web asked cart sixty times, a minute ago; the five slowest failed on v2."""
    with held(engine, tmp_path) as running:
        now = datetime.now(UTC)
        start = now - timedelta(seconds=60)
        batches = []
        for number in range(1, CALLS + 1):
            bad = number <= FAILING
            same = {
                "trace": number, "start": start + timedelta(milliseconds=number), "status": "error" if bad else "unset",
                "attributes": {"http.response.status_code": 503 if bad else 200, "note": "<b>&"},
            }  # fmt: skip
            told = [event("exception", attributes={"exception.message": "no <i>basket"})] * bad
            web = span("GET /shop", id=1, ms=500 if bad else 20, **same)
            cart = span("GET /cart", id=2, parent=1, ms=480 if bad else 10, events=told, **same)
            batches += [
                sent(resource("web", namespace="shop", version="v1"), web),
                sent(resource("cart", namespace="shop", version="v2" if bad else "v1"), cart),
            ]
        load(engine, tmp_path, *batches, received=now)
        running.ticker.tick(now)
        yield running


def ask(query: str = "") -> HttpResponse:
    request: HttpRequest = RequestFactory().get(f"/traces/{query}", HTTP_HOST="127.0.0.1:8000")
    return traces.page(request)


def rows(query: str) -> list[tuple[str, str]]:
    """Trace and health of every row."""
    found = re.findall(r'data-trace="(\w+)" data-health="(\w+)"', ask(query).content.decode())
    return [(str(trace), str(health)) for trace, health in found]


def asked(query: str) -> Asked:
    return Asked(RequestFactory().get(f"/traces/{query}"))


def params(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_a_row_says_how_the_request_ended_and_where(shop: Running) -> None:
    page = ask("?order=errors").content.decode()
    first = page[page.index('<tbody id="rows">') :].split("</tr>")[0]
    assert 'data-health="failing"' in first
    assert "GET /shop" in first
    assert '<i>shop/</i>cart</span> <span class="tag">v2</span>' in first
    assert "503 no &lt;i&gt;basket" in first
    assert re.search(r'href="/traces/[0-9a-f]{32}/\?span=0000000000000002"', first)
    assert "500" in first


def test_the_next_page_goes_on_where_this_one_ends(shop: Running) -> None:
    page = ask("?service=cart&order=slowest").content.decode()
    more = re.search(r'id="more" href="([^"]+)"', page)
    assert more is not None
    query = more[1].replace("&amp;", "&").partition("?")[2]
    both = rows("?service=cart&order=slowest") + rows(f"?{query}")
    assert len({trace for trace, _ in both}) == len(both) == CALLS
    assert [health for _, health in both] == ["failing"] * FAILING + ["healthy"] * (CALLS - FAILING)
    assert rows(f"?{query}&part=list") == rows(f"?{query}")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?q=service+%3D", "position 10: expected a value"),
        ("?q=duration+%3D+x", "a duration with its unit"),
        ("?min_duration=soon", "is no duration"),
        ("?from=yesterday", "is no time"),
        ("?brush_from=now&brush_to=now-1m", "expected an instant before"),
        ("?order=best", "expected newest, slowest, errors"),
        ("?cursor=x", "no page ends there"),
    ],
)
def test_a_mistake_is_told_at_the_form(shop: Running, query: str, said: str) -> None:
    answer = ask(query)
    assert answer.status_code == 400
    assert said in re.sub(r"&#x27;|&quot;", "'", answer.content.decode())


def test_a_trace_id_leads_to_its_trace(shop: Running) -> None:
    answer = ask(f"?q=trace_id%3D{7:032x}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/traces/{7:032x}/")


def test_nothing_matches_and_a_quiet_time_say_what_there_is(shop: Running) -> None:
    nothing = ask("?service=nobody").content.decode()
    assert "No trace matches." in nothing
    assert "The newest trace of any kind began <time" in nothing
    quiet = ask("?from=now-10s").content.decode()
    assert "No trace began in this time." in quiet


def test_until_the_first_span_the_page_says_where_to_send(engine: EmbeddedEngine, tmp_path: Path) -> None:
    with held(engine, tmp_path):
        assert "Nothing has been received yet." in ask().content.decode()


def test_the_map_counts_all_and_draws_failures_apart(shop: Running) -> None:
    page = ask("?part=map&service=cart").content.decode()
    assert f"{CALLS} traces match" in page
    assert sum(int(n) for n in re.findall(r'class="hm" [^>]*data-n="(\d+)"', page)) == CALLS - FAILING
    assert sum(int(f) for f in re.findall(r'class="hm bad" [^>]*data-f="(\d+)"', page)) == FAILING
    table = re.findall(r'<td class="num">(\d+)</td><td class="num(?: bad)?">(\d+)</td>', page)
    assert table == [(str(FAILING), str(FAILING)), (str(CALLS - FAILING), "0")]
    brush = re.search(r'id="map-brush"[^>]*>', page)
    assert brush is not None
    assert "hidden" in brush[0]


@pytest.mark.parametrize("these", ["failed", "brush"])
def test_what_is_different_leads_to_those_that_have_it(shop: Running, these: str) -> None:
    page = ask(f"?part=different&service=cart&brush_min=100ms&these={these}").content.decode()
    found = re.search(r'data-field="version" data-value="v2"><a class="trname" href="([^"]+)"', page)
    assert found is not None
    query = params(found[1].replace("&amp;", "&"))
    assert query["q"] == ["version = v2"]
    assert query["service"] == ["cart"]


def test_all_failed_is_told_from_none_failed(shop: Running) -> None:
    assert "there is nothing to compare with" in ask("?part=different&q=version=v2&service=cart").content.decode()
    assert "no matching span failed" in ask("?part=different&q=version=v1&service=cart").content.decode()


def test_matches_by_a_field_have_their_numbers(shop: Running) -> None:
    page = ask("?part=by&by=version&service=cart").content.decode()
    assert re.findall(r'<tr data-value="(\w+)">', page) == ["v1", "v2"]
    assert "100\N{THIN SPACE}%" in page
    assert ask("?part=by&by=duration").status_code == 400


@pytest.mark.parametrize(
    ("before", "name", "value", "expected"),
    [
        ("", Name("version"), "v2", "version = v2"),
        ("a = 1 or b = 2", Name("http.route"), "/cart", '(a = 1 or b = 2) and http.route = "/cart"'),
        ("a = 1", Name("service", quoted=True), 'say "hi" \\', 'a = 1 and "service" = "say \\"hi\\" \\\\"'),
        ("", Name("k"), "and", 'k = "and"'),
        ("a =", Name("k"), "503", 'k = "503"'),
    ],
)
def test_a_filter_is_added_to_what_is_there(before: str, name: Name, value: str, expected: str) -> None:
    said = narrowed(before, name, value)
    assert said == expected
    assert list(comparisons(parse(said)))[-1].value.text == value


def test_addresses_keep_what_is_asked_and_change_one_thing() -> None:
    page = asked("?service=cart&q=&tag=a%3D1&tag=b%3D2&from=now-5m&brush_min=1ms&cursor=x&unknown=1")
    assert params(page.to()) == {"service": ["cart"], "tag": ["a=1", "b=2"], "from": ["now-5m"], "brush_min": ["1ms"]}
    assert params(page.to(order="slowest", since=None))["order"] == ["slowest"]
    assert "from" not in params(page.to(since=None))
    assert "brush_min" not in params(page.unbrushed())
    assert params(page.zoomed)["min_duration"] == ["1ms"]
    assert params(page.cleared) == {"from": ["now-5m"]}
    assert [chip.text for chip in page.chips] == ["a=1", "b=2"]
    assert params(page.chips[0].without)["tag"] == ["b=2"]
