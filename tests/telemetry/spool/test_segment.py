"""The bytes of a segment: what was written is read back, and nothing else is ever taken for a record."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.spool import segment as form

requests = st.lists(st.binary(max_size=300), max_size=8)


def file_of(parts: list[bytes], mark: bytes) -> bytes:
    return b"".join(b"".join(form.stamped(part, mark)) for part in parts)


def bodies(data: bytes) -> list[bytes]:
    return [data[record.body : record.end] for record in form.records(data)]


def test_varint_is_protobufs() -> None:
    assert [form.varint(n) for n in (0, 1, 127, 128, 300, 2**64 - 1)] == [
        b"\0", b"\x01", b"\x7f", b"\x80\x01", b"\xac\x02", b"\xff" * 9 + b"\x01",
    ]  # fmt: skip


@given(requests, st.integers(0, 2**40), st.integers(0, 2**64 - 1))
def test_what_was_written_is_read_back(parts: list[bytes], number: int, spool: int) -> None:
    mark = form.mark(number, spool)
    read = bodies(file_of(parts, mark))
    assert [body[: -len(mark) - form.CHECK_BYTES] for body in read] == parts
    assert all(body[: -form.CHECK_BYTES].endswith(mark) for body in read)


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=5), st.data())
def test_a_file_cut_anywhere_keeps_exactly_the_whole_records(parts: list[bytes], data: st.DataObject) -> None:
    mark = form.mark(7, 9)
    whole = file_of(parts, mark)
    cut = data.draw(st.integers(0, len(whole)))
    sizes = [len(file_of([part], mark)) for part in parts]
    kept = sum(1 for i in range(len(parts)) if sum(sizes[: i + 1]) <= cut)
    assert bodies(whole[:cut]) == bodies(whole)[:kept]


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=4), st.data())
def test_a_byte_changed_in_the_last_record_is_noticed(parts: list[bytes], data: st.DataObject) -> None:
    mark = form.mark(7, 9)
    whole = bytearray(file_of(parts, mark))
    last = len(file_of(parts[:-1], mark))
    at = data.draw(st.integers(last, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert bodies(bytes(whole)) == bodies(bytes(whole[:last]))


@given(st.lists(st.binary(max_size=40), max_size=3), st.integers(1, 5000))
def test_zeros_behind_the_last_record_are_no_records(parts: list[bytes], zeros: int) -> None:
    """After a power cut a file may be longer than what was written to it."""
    whole = file_of(parts, form.mark(1, 2))
    assert bodies(whole + bytes(zeros)) == bodies(whole)
