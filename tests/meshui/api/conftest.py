"""The API over a real engine with a little traffic in it, asked as a program with a token of scope read asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from meshui.access import tokens
from meshui.running import Running
from telemetry.engine.embedded import EmbeddedEngine
from tests.build import load, resource, span, traces
from tests.meshui.held import held

CALLS, FAILING = 20, 5


@pytest.fixture
def running(engine: EmbeddedEngine, tmp_path: Path) -> Iterator[Running]:
    with held(engine, tmp_path) as here:
        yield here


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def traffic(running: Running, tmp_path: Path, now: datetime) -> Running:
    """web of `shop` asked cart twenty times, 5 s ago; five failed. pay of `bank` answered once. One tick has run."""
    start = now - timedelta(seconds=5)
    http = {"http.request.method": "GET", "http.route": "/cart"}
    web, cart = resource("web", namespace="shop"), resource("cart", namespace="shop", version="v2")
    sent = [traces(resource("pay", namespace="bank"), span(trace=99, start=start))]
    for number in range(1, CALLS + 1):
        code = {"http.response.status_code": 503 if number <= FAILING else 200}
        common = {"trace": number, "start": start, "attributes": http | code}
        sent += [
            traces(web, span("GET /", id=1, **common), span("GET", id=2, parent=1, kind="client", **common)),
            traces(cart, span("GET /cart", id=3, parent=2, **common)),
        ]
    load(running.engine, tmp_path, *sent, received=now)
    running.ticker.tick(now)
    return running


@pytest.fixture
def client(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    secret = tokens.create("reader", "read", datetime.now(UTC))
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    return Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {secret}")


@pytest.fixture
def writer(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    secret = tokens.create("writer", "write", datetime.now(UTC))
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    return Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {secret}")
