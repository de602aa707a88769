"""Garbage, bombs and floods against a receiver in its own process: the right answer each time, and bounded memory."""

import gzip
import random
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import zstandard

from tests import build
from tests.bad_days.conftest import Child

MIB = 1024 * 1024
PROTOBUF = {"content-type": "application/x-protobuf"}
GOOD = build.traces(build.resource("cart"), build.span("a")).SerializeToString()
MOST_RESIDENT_MIB = 700
"""Of a receiver that took hostile bodies of up to 64 MiB, on four connections at once; a held GiB would show."""


@pytest.fixture
def child(start: Callable[..., Child]) -> Child:
    return start()


def post(child: Child, data: bytes, **headers: str) -> int:
    url = f"http://127.0.0.1:{child.port}/v1/traces"
    return httpx.post(url, content=data, headers=PROTOBUF | headers, timeout=120).status_code


def still_up(child: Child) -> None:
    assert post(child, GOOD) == 200
    assert child.most_resident_mib() < MOST_RESIDENT_MIB


def zstd_bomb() -> bytes:
    made = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return b"".join(made.compress(bytes(MIB)) for _ in range(1024)) + made.flush()


def test_a_gibibyte_in_a_mebibyte_is_413(child: Child) -> None:
    bomb = gzip.compress(bytes(64 * MIB), 9) * 16
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: post(child, bomb, **{"content-encoding": "gzip"}), range(8)))
    assert answers == [413] * 8
    assert post(child, zstd_bomb(), **{"content-encoding": "zstd"}) == 413
    still_up(child)


def test_twenty_mebibytes_are_413(child: Child) -> None:
    body = build.traces(build.resource("cart"), build.span("a", attributes={"k": "v" * 20 * MIB})).SerializeToString()
    assert post(child, body) == 413
    # Compressed it fits, and inflated as well.
    assert post(child, gzip.compress(body), **{"content-encoding": "gzip"}) == 200
    still_up(child)


def test_garbage_of_every_kind_is_400(child: Child) -> None:
    chance = random.Random(3)
    with httpx.Client(base_url=f"http://127.0.0.1:{child.port}", headers=PROTOBUF) as client:

        def status(data: bytes, **headers: str) -> int:
            return client.post("/v1/traces", content=data, headers=headers).status_code

        for _ in range(200):
            noise = b"\xff" + chance.randbytes(chance.randrange(1, 2000))
            assert status(noise) == 400
            assert status(noise, **{"content-encoding": chance.choice(["gzip", "deflate", "zstd"])}) == 400
            assert status(noise, **{"content-type": "application/json"}) == 400
            assert status(GOOD[: chance.randrange(1, len(GOOD))]) == 400
    still_up(child)


def test_nesting_without_end_is_400(child: Child) -> None:
    assert post(child, b"[" * 10 * MIB, **{"content-type": "application/json"}) == 400
    still_up(child)


def test_ten_thousand_tiny_requests_are_each_answered(child: Child) -> None:
    url = f"http://127.0.0.1:{child.port}/v1/traces"

    def some(_: int) -> int:
        with httpx.Client(timeout=120) as client:
            return sum(client.post(url, content=GOOD, headers=PROTOBUF).status_code == 200 for _ in range(1250))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(some, range(8))) == 10_000
    still_up(child)


def test_bytes_that_are_no_http_do_not_end_the_server(child: Child) -> None:
    for noise in (
        b"\x00" * 1000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ):
        with socket.create_connection(("127.0.0.1", child.port)) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1000)
    still_up(child)
