"""All matches in numbers: the heatmap, contrasts, samples of very many; ranks; and time that is over."""

from collections.abc import Iterator
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import EngineError
from telemetry.expression.parse import parse
from telemetry.traces import asking
from telemetry.traces.aggregate import aggregates, aggregates_of
from telemetry.traces.asking import Asked, Question, question, snapshot
from telemetry.traces.contrasted import contrasted
from telemetry.traces.heatmap import heatmap, row_bounds
from telemetry.traces.search import TOOK_TOO_LONG, search
from tests.build import later, load, resource, span, traces, unix_ns

WHOLE = (unix_ns(later(-60)), unix_ns(later(3540)))


def ask(engine: EmbeddedEngine, q: str = "") -> Question:
    return question(engine, Asked(parse(q) if q else None, *WHOLE), snapshot(engine))


def requests(count: int, bad: set[int]) -> Iterator[object]:
    """`count` of web to two pods of cart; all that are `bad` fail on the one of v2, which answers every tenth."""
    for number in range(1, count + 1):
        new = number in bad or number % 10 == 0
        cart = resource("cart", namespace="shop", version="v2" if new else "v1", attributes={"zone": "a"})
        status = "error" if number in bad else "unset"
        trace = number.to_bytes(1, "big") * 16
        own = {"request": f"{number}", "route": f"/{number % 3}", "list": ["x"]}
        start = later(number * 10)
        yield traces(resource("web", namespace="shop"), span("GET /", trace=trace, id=1, start=start, ms=2 * number))
        yield traces(cart, span("x", trace=trace, id=2, parent=1, start=start, ms=1, status=status, attributes=own))


@pytest.fixture
def shop(engine: EmbeddedEngine, tmp_path: Path) -> EmbeddedEngine:
    """200 requests from T0 + 10 s on, ten seconds apart; trace n takes 2n ms; 15 of them fail."""
    load(engine, tmp_path, *requests(200, set(range(60, 75))), received=later(2005))
    return engine


def test_a_heatmap_holds_every_match_once(shop: EmbeddedEngine) -> None:
    found = heatmap(ask(shop, "service = cart"))
    assert (found.step_s, found.columns, found.sampled) == (60, 60, 1.0)
    assert sum(cell.traces for cell in found.cells) == 200
    assert sum(cell.failed for cell in found.cells) == 15
    for cell in found.cells:
        starts = range((cell.column - 1) * 6, cell.column * 6)
        above, to = row_bounds(cell.row)
        assert cell.traces == sum(above < 2 * number <= to for number in starts if 1 <= number <= 200)
    assert heatmap(ask(shop, "service = nobody")).cells == ()


def test_failures_on_one_version_are_one_look(shop: EmbeddedEngine) -> None:
    failed, cart = Asked(parse("status = error"), *WHOLE), Asked(parse("service = cart"), *WHOLE)
    found = contrasted(shop, failed, cart)
    assert (found.selected.traces, found.selected.looked_at) == (15, 15)
    assert (found.rest.traces, found.rest.looked_at) == (185, 185)
    best = {(field.scope, field.field): field for field in found.fields}
    assert {(field.scope, field.field) for field in found.fields if field.at_least > 0} == {
        ("span", "version"),
        ("resource", "service.version"),
    }
    top = best["span", "version"].values[0].counted
    assert (top.value, top.selected, top.rest) == ("v2", 15, 18)
    assert best["span", "kind"].values[0].counted.value == "server"
    assert ("attribute", "request") not in best, "a value of one trace tells nothing"
    assert ("attribute", "list") not in best
    assert best["resource", "zone"].at_least == 0


def test_nothing_is_told_from_nothing(shop: EmbeddedEngine) -> None:
    everything, nothing = Asked(None, *WHOLE), Asked(parse("service = nobody"), *WHOLE)
    assert contrasted(shop, nothing, everything).fields == ()
    assert contrasted(shop, everything, everything).rest.traces == 0
    assert contrasted(shop, everything, nothing).selected.looked_at == 0


@pytest.fixture
def sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than ten spans are many, more than five traces too."""
    monkeypatch.setattr(asking, "MOST_SPANS", 10)
    monkeypatch.setattr(asking, "FEW", 5)


def test_of_very_many_a_sample_is_counted_and_said(shop: EmbeddedEngine, sampling: None) -> None:
    found = aggregates(ask(shop, "service = cart"))
    # Ids below 1000…: numbers up to 15, of 200.
    assert found.sampled == 15 / 200
    assert (found.traces, found.failed) == (200, 0)
    cells = heatmap(ask(shop)).cells
    # Each cell is rounded on its own.
    assert abs(sum(cell.traces for cell in cells) - 200) <= len(cells) / 2


def test_few_are_never_sampled(shop: EmbeddedEngine, sampling: None) -> None:
    found = aggregates(ask(shop, "service = cart and request in (60, 150)"))
    assert (found.traces, found.failed, found.sampled) == (2, 1, 1.0)
    assert found.quantiles_ms == (300.0, 300.0, 300.0)


def test_ids_that_are_not_random_are_all_counted(engine: EmbeddedEngine, tmp_path: Path, sampling: None) -> None:
    load(engine, tmp_path, *[traces(resource("a"), span(trace=n, id=1)) for n in range(1, 30)])
    found = aggregates(ask(engine))
    assert (found.traces, found.sampled) == (29, 1.0)


@pytest.mark.parametrize("order", ["slowest", "errors"])
@pytest.mark.parametrize(
    "q", ["", "service = cart", "route = /1", "trace.duration > 100ms and route = /1", "request = 7"]
)
def test_ranks_are_the_same_however_they_are_found(
    shop: EmbeddedEngine, sampling: None, monkeypatch: pytest.MonkeyPatch, order: str, q: str
) -> None:
    """Small batches make every way of looking go through several."""
    monkeypatch.setattr("telemetry.traces.search.FEW", 5)
    monkeypatch.setattr("telemetry.traces.search._FIRST_BATCH", 3)
    asked = Asked(parse(q) if q else None, *WHOLE)
    everything = search(shop, asked, order="newest", limit=1000)
    assert everything.whole
    keys = {"slowest": lambda item: item.duration_ns, "errors": lambda item: item.errors}
    expected = sorted(everything.items, key=lambda item: (keys[order](item), item.trace_id), reverse=True)
    found, after = [], None
    while True:
        page = search(shop, asked, order=order, limit=7, after=after)  # type: ignore[arg-type]
        found += page.items
        after = page.next
        if after is None:
            break
    assert [item.trace_id for item in found] == [item.trace_id for item in expected]


def test_numbers_of_a_whole_page_are_those_of_the_engine(shop: EmbeddedEngine) -> None:
    page = search(shop, Asked(parse("route = /1"), *WHOLE), limit=1000)
    assert aggregates_of(page.items) == aggregates(page.question)


def test_a_search_out_of_time_says_how_far_it_came(shop: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second slice is never answered: what the first found is shown, and the next page goes on from there."""
    asked_of = Question.ask
    slices = count()

    def slow(self: Question, name: str, /, **more: object) -> object:
        if name == "search_newest" and next(slices) > 0:
            raise EngineError("time is over", TOOK_TOO_LONG)
        return asked_of(self, name, **more)  # type: ignore[arg-type]

    asked = Asked(parse("service = cart"), WHOLE[0], unix_ns(later(2005)))
    with monkeypatch.context() as patched:
        patched.setattr(Question, "ask", slow)
        page = search(shop, asked, limit=50)
    assert [int(item.trace_id[:2], 16) for item in page.items] == list(range(200, 188, -1))
    assert page.searched_since_ns == unix_ns(later(2005 - 120))
    rest = search(shop, asked, limit=1000, after=page.next)
    assert [int(item.trace_id[:2], 16) for item in rest.items] == list(range(188, 0, -1))


def test_ranks_that_take_too_long_are_of_the_newest_part(shop: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of = Question.ask
    fails = chain([True], repeat(False))

    def slow(self: Question, name: str, /, **more: object) -> object:
        if name == "search_ranks_plain" and next(fails):
            raise EngineError("time is over", TOOK_TOO_LONG)
        return asked_of(self, name, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Question, "ask", slow)
    page = search(shop, Asked(None, unix_ns(later(805)), unix_ns(later(2005))), order="slowest", limit=100)
    assert page.searched_since_ns == unix_ns(later(1805))
    assert [int(item.trace_id[:2], 16) for item in page.items] == list(range(200, 180, -1))
    assert not page.whole


def test_what_is_no_timeout_is_an_error(shop: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Question, name: str, /, **more: object) -> object:
        raise EngineError("broken", 1)

    monkeypatch.setattr(Question, "ask", broken)
    for order in ("newest", "slowest"):
        with pytest.raises(EngineError, match="broken"):
            search(shop, Asked(None, *WHOLE), order=order)  # type: ignore[arg-type]
