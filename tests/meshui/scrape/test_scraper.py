"""The scraper against real servers: what it keeps, what it says of targets that fail, that it stops and starts over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from meshui.scrape import fetch
from meshui.scrape.scraper import Scraper
from telemetry.engine.prometheus import Stored
from telemetry.receive import rejection
from telemetry.receive.otlp import Batch
from telemetry.receive.rejection import Rejection
from telemetry.receive.tally import Origin
from tests.served import Page, served
from tests.waiting import until

FAST_S = 0.02


@dataclass
class Store:
    """Stands in for the spool. `no`: what it says instead of keeping."""

    kept: list[tuple[Batch, Origin]] = field(default_factory=list)
    no: Rejection | None = None

    def __call__(self, batch: Batch, origin: Origin) -> Rejection | None:
        if self.no is None:
            self.kept.append((batch, origin))
        return self.no

    def values(self, name: str) -> list[float]:
        """Of one metric, in the order kept."""
        return [value for batch, _ in self.kept for (texts, value) in _series(batch) if texts["__name__"] == name]


def _series(batch: Batch) -> list[tuple[dict[str, str], float]]:
    return [
        (dict(zip(each.texts[::2], each.texts[1::2], strict=True)), each.samples[0].value)
        for each in Stored.FromString(batch.data).two
    ]


@contextmanager
def scraping(store: Store, *entries: str) -> Iterator[Scraper]:
    scraper = Scraper(entries, store, every_s=FAST_S)
    scraper.start()
    try:
        yield scraper
    finally:
        scraper.stop()


def test_a_target_is_scraped_again_and_again() -> None:
    store = Store()
    with served(Page()) as proxy, scraping(store, f"http://{proxy.address}/stats#app=cart") as scraper:
        until(lambda: len(store.values("rq_total")) >= 3, "three scrapes")
        (known,) = scraper.state().targets
    batch, origin = store.kept[0]
    assert (origin.protocol, origin.peer, batch.count) == ("scrape", proxy.address, 2)
    target = {"app": "cart", "job": "127.0.0.1", "instance": proxy.address}
    assert _series(batch) == [({"__name__": "rq_total"} | target, 5.0), ({"__name__": "up"} | target, 1.0)]
    assert {path for path, _ in proxy.asked} == {"/stats"}
    assert "openmetrics" in proxy.asked[0][1]
    assert (known.error, known.samples, known.last is not None) == ("", 2, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"status": 503}, "answers 503", id="an error"),
        pytest.param({"body": lambda _: b"a{"}, "cannot be read", id="no metrics"),
        pytest.param({"body": lambda _: b"\xff"}, "UTF-8", id="no text"),
    ],
)
def test_a_target_that_fails_is_down_until_it_works_again(change: dict[str, Any], words: str) -> None:
    store = Store()
    with served(Page(**change)) as proxy, scraping(store, f"http://{proxy.address}") as scraper:
        until(lambda: len(store.values("up")) >= 2, "two scrapes that fail")
        (down,) = scraper.state().down
        assert words in down.error
        assert (down.last, set(store.values("up"))) == (None, {0.0})
        until(lambda: len(store.values("up")) >= 4, "two more")
        assert scraper.state().down[0].since == down.since
        proxy.status, proxy.body = 200, lambda _: b"a 1\n"
        until(lambda: not scraper.state().down, "up again")
        assert store.values("up")[-1] == 1.0


def test_nobody_there() -> None:
    with served(Page()) as proxy:
        gone = proxy.address
    store = Store()
    with scraping(store, f"http://{gone}") as scraper:
        until(lambda: scraper.state().down, "down")
        assert "cannot be reached: Connection refused" in scraper.state().down[0].error


def test_one_that_hangs_holds_up_no_other() -> None:
    store = Store()
    with served(Page(hangs=threading.Event())) as hung, served(Page()) as well:
        with scraping(store, f"http://{hung.address}", f"http://{well.address}"):
            until(lambda: len(store.values("rq_total")) >= 5, "five scrapes of the other")
        assert len(hung.asked) == 1


def test_a_page_is_bounded_in_bytes_and_in_time() -> None:
    with (
        served(Page(body=lambda _: b"#" * 300_000)) as proxy,
        pytest.raises(fetch.Failed, match="more than 200000 bytes"),
    ):
        fetch.page(f"http://{proxy.address}/", most_bytes=200_000)
    hung = Page(hangs=threading.Event())
    with served(hung) as proxy, pytest.raises(fetch.Failed, match=r"longer than 0.05 s"):
        fetch.page(f"http://{proxy.address}/", timeout_s=0.05)


def test_what_cannot_be_stored_is_said_of_the_target() -> None:
    full = rejection.SPOOL_FULL.saying(held=1, bound=1)
    with served(Page()) as proxy, scraping(Store(no=full), f"http://{proxy.address}") as scraper:
        until(lambda: scraper.state().down, "down")
        assert scraper.state().down[0].error == full.text


def test_targets_come_and_go_with_their_file(tmp_path: Path) -> None:
    store = Store()
    path = tmp_path / "envoys.json"
    with served(Page()) as proxy, scraping(store, f"file_sd:{path}") as scraper:
        until(lambda: scraper.state().errors, "a file that is missing")
        path.with_suffix(".new").write_text(f'[{{"targets": ["{proxy.address}"], "labels": {{"app": "cart"}}}}]')
        path.with_suffix(".new").replace(path)
        until(lambda: store.values("rq_total"), "a scrape of what the file names")
        assert dict(scraper.state().targets[0].target.labels)["job"] == "envoys"
        path.with_suffix(".new").write_text("[]")
        path.with_suffix(".new").replace(path)
        until(lambda: not scraper.state().targets, "a target that has left the file")
        assert scraper.state().errors == ()


def test_after_a_stop_nothing_more_is_asked() -> None:
    store = Store()
    with served(Page()) as proxy:
        with scraping(store, f"http://{proxy.address}"):
            until(lambda: store.kept, "a scrape")
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("scrape")]
