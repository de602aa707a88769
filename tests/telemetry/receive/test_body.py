"""Compressed bodies: every encoding senders use, and no more bytes than the bound, whatever a body claims."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from telemetry.receive import body
from telemetry.receive.rejection import Rejection

MIB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


def zstd(data: bytes, said: bool = True) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=said).compress(data)


def zstd_unsaid(data: bytes) -> bytes:
    return zstd(data, said=False)


ENCODERS = [
    pytest.param("", bytes, id="none"),
    pytest.param("identity", bytes, id="identity"),
    pytest.param("gzip", gzip.compress, id="gzip"),
    pytest.param("x-gzip", gzip.compress, id="gzip by its old name"),
    pytest.param("deflate", zlib.compress, id="deflate in zlib, as the standard says"),
    pytest.param("deflate", raw_deflate, id="deflate raw, as some send it"),
    pytest.param("zstd", zstd, id="zstd"),
    pytest.param("zstd", zstd_unsaid, id="zstd that does not say its size"),
]
COMPRESSED = ENCODERS[2:]


@pytest.mark.parametrize(("encoding", "encode"), ENCODERS)
@given(data=st.binary(min_size=1, max_size=2000))
def test_what_was_compressed_comes_back(encoding: str, encode: Callable[[bytes], bytes], data: bytes) -> None:
    assert body.known(encoding)
    assert body.inflate(encode(data), encoding, 2000) == data


@pytest.mark.parametrize(("encoding", "encode"), ENCODERS)
def test_the_bound_itself_is_allowed_and_one_more_is_not(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    data = b"a" * 5000
    assert body.inflate(encode(data), encoding, 5000) == data
    no = body.inflate(encode(data), encoding, 4999)
    assert isinstance(no, Rejection)
    assert no.http == 413


@pytest.mark.parametrize(("encoding", "encode"), COMPRESSED)
@given(data=st.binary(min_size=1, max_size=500), cut=st.data())
def test_a_body_that_is_cut_off_is_refused(
    encoding: str, encode: Callable[[bytes], bytes], data: bytes, cut: st.DataObject
) -> None:
    whole = encode(data)
    part = whole[: cut.draw(st.integers(1, len(whole) - 1))]
    no = body.inflate(part, encoding, MIB)
    # A raw stream has no checksum: cut inside its last bits it may be whole.
    assert isinstance(no, Rejection) or (encode is raw_deflate and no == data)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
@given(data=st.binary(min_size=1, max_size=200))
def test_garbage_is_refused_or_bounded_and_never_raises(encoding: str, data: bytes) -> None:
    out = body.inflate(data, encoding, 1000)
    assert isinstance(out, Rejection) or len(out) <= 1000


def test_several_members_of_gzip_and_frames_of_zstd_are_one_body() -> None:
    assert body.inflate(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", 10) == b"ab"
    assert body.inflate(gzip.compress(b"a") + bytes(9), "gzip", 10) == b"a"
    assert body.inflate(zstd(b"a") + zstd(b"b"), "zstd", 10) == b"ab"
    assert body.inflate(zstd_unsaid(b"a" * 3000) + zstd_unsaid(b"b"), "zstd", 4000) == b"a" * 3000 + b"b"


def test_the_bound_is_for_all_members_together() -> None:
    no = body.inflate(gzip.compress(b"a" * 600) * 2, "gzip", 1000)
    assert isinstance(no, Rejection)
    assert no.http == 413


def test_gzip_with_a_wrong_checksum_is_refused() -> None:
    whole = gzip.compress(b"abc")
    no = body.inflate(whole[:-8] + bytes(8), "gzip", 10)
    assert isinstance(no, Rejection)
    assert no.http == 400


def test_an_encoding_nobody_knows_is_not_known() -> None:
    assert not body.known("br")


def gzip_bomb() -> bytes:
    """1 GiB of zeros in about 1 MiB, made of members so that making it needs no GiB either."""
    return gzip.compress(bytes(64 * MIB), 9) * 16


def zstd_bomb() -> bytes:
    """1 GiB of zeros in 32 KiB, in one frame that does not say its size."""
    made = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return b"".join(made.compress(bytes(MIB)) for _ in range(1024)) + made.flush()


@pytest.mark.parametrize(("encoding", "bomb"), [("gzip", gzip_bomb), ("zstd", zstd_bomb)])
def test_a_bomb_is_refused_and_never_held(encoding: str, bomb: Callable[[], bytes]) -> None:
    made = bomb()
    assert len(made) < 2 * MIB
    tracemalloc.start()
    try:
        no = body.inflate(made, encoding, 64 * MIB)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(no, Rejection)
    assert no.http == 413
    assert held < 200 * MIB
