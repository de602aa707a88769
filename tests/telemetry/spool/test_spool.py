"""The spool: what was acknowledged survives any end of the process, and there is a bound to what it takes."""

import asyncio
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.engine.engine import Signal
from telemetry.spool import segment as form
from telemetry.spool import writer
from telemetry.spool.identity import RESERVED_AHEAD, SpoolTaken
from telemetry.spool.sealed import Segment
from telemetry.spool.spool import Spool, SpoolFailed, SpoolFull

NEVER = dict.fromkeys(Signal, 3600.0)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool.open(tmp_path / "spool", seal_s=NEVER)
    yield opened
    opened.close()


def put(spool: Spool, *records: bytes, signal: Signal = Signal.TRACES) -> None:
    """Append all at once and wait until each is acknowledged."""

    async def all_of_them() -> None:
        await asyncio.gather(*(spool.append(signal, record) for record in records))

    asyncio.run(all_of_them())


def claimed(spool: Spool) -> list[Segment]:
    segments = []
    while (segment := spool.claim()) is not None:
        segments.append(segment)
    return segments


def records(segment: Segment) -> list[bytes]:
    data = segment.path.read_bytes()
    tail = len(form.mark(segment.number, segment.spool)) + form.CHECK_BYTES
    return [data[record.body : record.end - tail] for record in form.records(data)]


def crashed(folder: Path, copy: Path) -> Path:
    """The folder as the next process finds it: what is on disk, and no lock."""
    shutil.copytree(folder, copy)
    return copy


def test_records_keep_their_order_and_signals_their_own_segments(spool: Spool) -> None:
    put(spool, b"a", b"b")
    put(spool, b"m", signal=Signal.METRICS)
    put(spool, b"c")
    spool.seal()
    assert {segment.signal: records(segment) for segment in claimed(spool)} == {
        Signal.TRACES: [b"a", b"b", b"c"],
        Signal.METRICS: [b"m"],
    }


def test_nothing_is_sealed_empty(spool: Spool) -> None:
    spool.seal()
    assert claimed(spool) == []
    assert not list(spool.folder.glob("*.seg"))


def test_a_full_segment_is_sealed_and_the_next_has_another_number(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path, seal_bytes=100, seal_s=NEVER)
    put(spool, b"a" * 200)
    put(spool, b"b")
    spool.seal()
    first, second = claimed(spool)
    assert (records(first), records(second)) == ([b"a" * 200], [b"b"])
    assert second.number > first.number
    spool.close()


async def test_an_old_segment_is_sealed_by_itself(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path, seal_s=dict.fromkeys(Signal, 0.01))
    await spool.append(Signal.TRACES, b"a")
    async with asyncio.timeout(30):
        while not spool.state().segments:
            await asyncio.sleep(0)
    await asyncio.to_thread(spool.close)


def test_what_was_appended_survives_a_crash_with_the_segment_open(tmp_path: Path, spool: Spool) -> None:
    put(spool, b"a", b"b")
    again = Spool.open(crashed(spool.folder, tmp_path / "copy"), seal_s=NEVER)
    (segment,) = claimed(again)
    assert records(segment) == [b"a", b"b"]
    assert segment.leftover
    again.close()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.binary(max_size=60), min_size=1, max_size=4), min_size=1, max_size=5),
    st.binary(max_size=40),
    st.data(),
)
def test_a_crash_in_the_middle_of_a_write_keeps_all_that_was_acknowledged(
    groups: list[list[bytes]], garbage: bytes, data: st.DataObject
) -> None:
    """Acknowledged groups, then a group that was being written: cut at any byte, or cut and followed by garbage."""
    with TemporaryDirectory() as folder:
        spool = Spool.open(Path(folder) / "spool", seal_s=NEVER)
        for group in groups[:-1]:
            put(spool, *group)
        size = sum(path.stat().st_size for path in spool.folder.glob("*.open"))
        put(spool, *groups[-1])
        copy = crashed(spool.folder, Path(folder) / "copy")
        spool.close()
        (path,) = copy.glob("*.open")
        os.truncate(path, data.draw(st.integers(size, path.stat().st_size)))
        with path.open("ab") as file:
            file.write(garbage)
        again = Spool.open(copy, seal_s=NEVER)
        found = [record for segment in claimed(again) for record in records(segment)]
        again.close()
    sent = [record for group in groups for record in group]
    acknowledged = sum(len(group) for group in groups[:-1])
    assert found == sent[: len(found)]
    assert len(found) >= acknowledged


def test_a_number_is_never_used_twice_even_when_all_is_loaded(tmp_path: Path) -> None:
    numbers = []
    for _ in range(3):
        spool = Spool.open(tmp_path, seal_s=NEVER)
        put(spool, b"a")
        spool.seal()
        for segment in claimed(spool):
            numbers.append(segment.number)
            spool.done(segment)
        spool.close()
    assert len(set(numbers)) == 3
    assert numbers == [1, 1 + RESERVED_AHEAD, 1 + 2 * RESERVED_AHEAD]


def test_the_folder_keeps_its_id(tmp_path: Path) -> None:
    first = Spool.open(tmp_path / "a")
    put(first, b"a")
    first.close()
    second, other = Spool.open(tmp_path / "a"), Spool.open(tmp_path / "b")
    assert second.id == first.id != other.id
    second.close()
    other.close()


def test_two_processes_cannot_have_one_folder(spool: Spool) -> None:
    with pytest.raises(SpoolTaken, match="Another process"):
        Spool.open(spool.folder)


def test_a_full_spool_refuses_until_there_is_room(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path, max_bytes=1000, seal_s=NEVER)
    put(spool, b"a" * 800)
    with pytest.raises(SpoolFull) as full:
        put(spool, b"b" * 800)
    assert full.value.bound == 1000
    assert 800 < full.value.held <= 1000
    spool.seal()
    for segment in claimed(spool):
        spool.done(segment)
    assert spool.state().bytes == 0
    put(spool, b"b" * 800)
    spool.close()


def test_the_bound_counts_what_an_earlier_process_left(tmp_path: Path) -> None:
    first = Spool.open(tmp_path, seal_s=NEVER)
    put(first, b"a" * 800)
    first.close()
    again = Spool.open(tmp_path, max_bytes=1000, seal_s=NEVER)
    with pytest.raises(SpoolFull):
        put(again, b"b" * 800)
    again.close()


def test_a_disk_that_refuses_is_said_and_nothing_of_the_write_is_kept(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(spool, b"a")
    before = spool.state().bytes
    write_all = writer.write_all

    def full_disk(handle: int, parts: list[bytes]) -> None:
        write_all(handle, [b"".join(parts)[:5]])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writer, "write_all", full_disk)
    with pytest.raises(SpoolFailed, match="No space left"):
        put(spool, b"b")
    assert spool.state().bytes == before
    monkeypatch.setattr(writer, "write_all", write_all)
    put(spool, b"c")
    spool.seal()
    assert [records(segment) for segment in claimed(spool)] == [[b"a", b"c"]]


def test_a_closed_spool_takes_no_more(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path)
    spool.close()
    with pytest.raises(SpoolFailed, match="stopping"):
        put(spool, b"a")


def test_a_sender_that_hangs_up_while_waiting_harms_nobody(spool: Spool) -> None:
    async def one_leaves() -> None:
        leaving = asyncio.create_task(spool.append(Signal.TRACES, b"a"))
        staying = asyncio.create_task(spool.append(Signal.TRACES, b"b"))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying
        with pytest.raises(asyncio.CancelledError):
            await leaving

    asyncio.run(one_leaves())


def test_names_that_are_no_segments_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    Spool.open(tmp_path).close()
    assert (tmp_path / "notes.txt").read_text() == "mine"
