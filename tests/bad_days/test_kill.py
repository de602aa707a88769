"""kill -9 at any moment: every acknowledged span is stored, and none twice."""

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from tests import build
from tests.bad_days.conftest import Child

KILLS = 6
SPANS = 20
REQUESTS = 1000
SENDERS = 4


def body(first: int) -> bytes:
    spans = [build.span(f"GET /{n % 7}", trace=n, id=n) for n in range(first, first + SPANS)]
    return build.traces(build.resource("cart", namespace="shop"), *spans).SerializeToString()


def send(child: Child, todo: list[int], enough: int, acknowledged: set[int], killed: Event) -> None:
    """Send until `enough` requests are acknowledged in all; then one sender kills while others are in the middle."""
    headers = {"content-type": "application/x-protobuf"}
    with httpx.Client(base_url=f"http://127.0.0.1:{child.port}") as client:
        while todo and not killed.is_set():
            first = todo.pop()
            try:
                answer = client.post("/v1/traces", content=body(first), headers=headers)
            except httpx.HTTPError:
                assert killed.is_set()
                return
            assert answer.status_code == 200
            acknowledged.add(first)
            if len(acknowledged) >= enough and not killed.is_set():
                killed.set()
                child.kill()


def test_twenty_thousand_spans_and_six_kills(start: Callable[..., Child]) -> None:
    chance = random.Random(7)
    todo = [1 + n * SPANS for n in range(REQUESTS + KILLS * SENDERS)]
    acknowledged: set[int] = set()
    for kill in range(1, KILLS + 1):
        child, killed = start("engine"), Event()
        enough = kill * REQUESTS // KILLS - chance.randrange(REQUESTS // KILLS // 2)
        with ThreadPoolExecutor(SENDERS) as pool:
            jobs = [pool.submit(send, child, todo, enough, acknowledged, killed) for _ in range(SENDERS)]
        for job in jobs:
            job.result()
        assert killed.is_set()
    stored = Counter(json.loads(start("engine").end()))
    assert max(stored.values()) == 1
    expected = {n for first in acknowledged for n in range(first, first + SPANS)}
    assert len(expected) > REQUESTS * SPANS * 3 // 4
    assert expected - set(stored) == set()
