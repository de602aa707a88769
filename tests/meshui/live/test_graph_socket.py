"""`/ws/graph/` over real sockets: the snapshot first, deltas that lead to the next one, and who is refused."""

import asyncio
import logging
import resource
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from meshui.access import tokens
from meshui.access.secrets import digest
from meshui.listening import served
from meshui.running import Running
from telemetry.engine.embedded import EmbeddedEngine
from telemetry.publish.feed import advance
from tests.graphs import edge, judged, node
from tests.meshui.held import FIRST_SEQ, held
from tests.plain.delta import apply

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MIB = 2**20


@dataclass
class Here:
    """A server of sockets whose ticks come when the test says so."""

    port: int
    running: Running
    ticks: int = 0

    def viewer(self, query: str = "?window=60s", path: str = "/ws/graph/", **headers: str) -> connect:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return connect(
            f"ws://127.0.0.1:{self.port}{path}{query}", additional_headers=more, max_size=None, compression=None
        )

    async def tick(self, window: str = "60s", services: int = 3, padding: int = 0) -> None:
        """Everything changes with each; the delta is `padding` bytes longer than it need be."""
        self.ticks += 1
        at = START + timedelta(seconds=self.ticks)
        rows = [node(f"shop/s{number}", 60 * self.ticks + number) for number in range(services)]
        rows.append(node(f"shop/new-{self.ticks}", 1))
        calls = [edge(f"shop/s{number}→shop/s{number + 1}", 60 * self.ticks) for number in range(services - 1)]
        fanout = self.running.fanout
        feed = advance(fanout.feed(window), judged(*rows, *calls, at=at), FIRST_SEQ)
        if padding and feed.delta is not None:
            feed = replace(feed, delta=feed.delta + b" " * padding)
        done = await asyncio.to_thread(fanout.send, window, feed)
        if done is not None:
            await asyncio.wrap_future(done)

    async def settled(self, viewers: int) -> None:
        """Until so many are counted."""
        async with asyncio.timeout(10):
            while self.running.fanout.viewers() != viewers:
                await asyncio.sleep(0.01)


@pytest.fixture
async def here(engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Here]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, auth="off"))
    from meshui.asgi import application

    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = served(settings.CONFIG, application)
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    with held(engine, tmp_path, asyncio.get_running_loop()) as running:
        try:
            yield Here(bound.getsockname()[1], running)
        finally:
            server.should_exit = True
            await serving


async def read(viewer: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        message: dict[str, Any] = orjson.loads(await viewer.recv())
    return message


async def test_a_snapshot_then_deltas_that_lead_to_the_next_snapshot(here: Here) -> None:
    await here.tick()
    async with here.viewer() as viewer:
        first = await read(viewer)
        assert first["type"] == "snapshot"
        graph = first["graph"]
        assert graph["seq"] == FIRST_SEQ
        for number in range(1, 4):
            await here.tick(services=3 + number % 2)
            delta = await read(viewer)
            assert (delta["type"], delta["seq"]) == ("delta", FIRST_SEQ + number)
            word, graph = apply(graph, delta)
            assert word == "applied"
        await viewer.send('{"type":"resync"}')
        again = await read(viewer)
    assert again == {"type": "snapshot", "graph": graph}


async def test_every_viewer_gets_the_same_bytes(here: Here) -> None:
    await here.tick()
    async with here.viewer() as one, here.viewer("") as other:
        assert await one.recv() == await other.recv()
        await here.tick()
        assert await one.recv() == await other.recv()


async def test_a_window_is_computed_while_somebody_looks(here: Here) -> None:
    async with here.viewer("?window=15m") as viewer:
        await here.settled(1)
        assert here.running.fanout.watched() == {"15m"}
        await here.tick("15m")
        assert (await read(viewer))["type"] == "snapshot"
    await here.settled(0)
    assert here.running.fanout.watched() == set()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({"query": "?window=2m"}, 400, id="a window that is not pushed"),
        pytest.param({"query": "?window=%ff"}, 400, id="a window that is no text"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="a page of another site"),
        pytest.param({"Origin": "null"}, 403, id="a page from nowhere"),
        pytest.param({"Host": "evil.example"}, 400, id="a name that is not ours"),
        pytest.param({"path": "/ws/other/"}, 404, id="no socket of ours"),
    ],
)
async def test_who_is_refused_and_why(here: Here, asked: dict[str, str], status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with here.viewer(**asked):
            pass
    response = refused.value.response
    assert response.status_code == status
    assert orjson.loads(response.body)["status"] == status
    assert here.running.fanout.viewers() == 0


async def test_our_own_page_may(here: Here) -> None:
    await here.tick()
    async with here.viewer(Origin=f"http://127.0.0.1:{here.port}") as viewer:
        assert (await read(viewer))["type"] == "snapshot"


@pytest.mark.parametrize(("token", "status"), [("", 401), ("sender", 403), ("made up", 403), ("reader", 101)])
async def test_with_sign_in_on_a_token_with_scope_read_is_needed(
    here: Here, monkeypatch: pytest.MonkeyPatch, token: str, status: int
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, auth="on"))
    scopes = {digest("reader"): "read", digest("sender"): "ingest"}
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook(lambda: scopes))
    await here.tick()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if status == 101:
        async with here.viewer(**headers) as viewer:
            assert (await read(viewer))["type"] == "snapshot"
        return
    with pytest.raises(InvalidStatus) as refused:
        async with here.viewer(**headers):
            pass
    assert refused.value.response.status_code == status


@pytest.mark.parametrize("said", ["hello", "[]", '{"type":"snapshot"}', b"\xff"])
async def test_what_we_do_not_understand_closes_the_socket(here: Here, said: str | bytes) -> None:
    await here.tick()
    async with here.viewer() as viewer:
        await read(viewer)
        await viewer.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            await read(viewer)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400


async def test_a_reader_that_stops_costs_no_more_than_it_holds_and_starts_over(here: Here) -> None:
    """A hundred deltas of 4 MiB: 400 MiB if they were kept for it."""
    await here.tick()
    async with here.viewer() as viewer:
        await read(viewer)
        viewer.transport.pause_reading()
        before = resident()
        for _ in range(100):
            await here.tick(padding=4 * MIB)
        # The engine of this process works beside it: half of what keeping all would cost tells the two apart.
        assert resident() - before < 200 * MIB
        viewer.transport.resume_reading()
        seq, last, kinds = FIRST_SEQ, FIRST_SEQ + 100, []
        while seq < last:
            message = await read(viewer)
            kinds.append(message["type"])
            if message["type"] == "delta":
                assert message["seq"] == seq + 1
                seq = message["seq"]
            else:
                seq = message["graph"]["seq"]
    assert "snapshot" in kinds
    assert len(kinds) < 50


async def test_viewers_that_vanish_leave_nothing_behind(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    await here.tick()
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            viewer = await here.viewer()
            await read(viewer)
            viewer.transport.abort()
            await here.tick()
        async with here.viewer() as polite:
            await read(polite)
        await here.settled(0)
    assert caplog.records == []


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
