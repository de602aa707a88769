"""Why protobuf bytes are refused, and where: the parser only says that they are. Slow; runs for refused bodies only."""

from dataclasses import dataclass
from typing import Any

VARINT, FIXED64, LENGTH, GROUP, END_GROUP, FIXED32 = range(6)
DEEPEST = 100


class _Broken(Exception):
    pass


def fault(data: bytes, descriptor: Any) -> str:
    """One sentence with a path and an offset: `resource_spans[0]…name at byte 812 is no valid UTF-8`."""
    if data[:2] == b"\x1f\x8b":
        return "it starts like gzip, but no Content-Encoding says so"
    if data[:1] in (b"{", b"["):
        return "it starts like JSON, but the Content-Type says protobuf"
    try:
        _message(data, 0, len(data), descriptor, _Place())
    except _Broken as broken:
        return str(broken)
    return "the parser refuses it"


def _varint(data: bytes, at: int, end: int, path: str) -> tuple[int, int]:
    value = shift = 0
    start = at
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise _Broken(f"the number at byte {start}{_inside(path)} {'never ends' if shift >= 70 else 'is cut off'}")


def _inside(path: str) -> str:
    return f" in {path}" if path else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A message's name from the top, and how deep it lies."""

    path: str = ""
    depth: int = 0


def _message(data: bytes, at: int, end: int, descriptor: Any, place: _Place) -> None:
    path, depth = place.path, place.depth
    if depth > DEEPEST:
        raise _Broken(f"{path[:200]}… is nested deeper than {DEEPEST} levels")
    seen: dict[int, int] = {}
    while at < end:
        start = at
        tag, at = _varint(data, at, end, path)
        number, wire = tag >> 3, tag & 7
        if number == 0 or wire > FIXED32 or wire == END_GROUP:
            raise _Broken(f"byte {start}{_inside(path)} starts no field")
        field = descriptor.fields_by_number.get(number) if descriptor is not None else None
        name = f"{path}.{field.name}" if path and field else field.name if field else f"{path}.field {number}"
        if field is not None and field.is_repeated:
            name += f"[{seen.setdefault(number, 0)}]"
            seen[number] += 1
        if wire == VARINT:
            _, at = _varint(data, at, end, name)
        elif wire in (FIXED64, FIXED32):
            at += 8 if wire == FIXED64 else 4
            if at > end:
                raise _Broken(f"{name} at byte {start} is cut off")
        elif wire == GROUP:
            at = _group(data, at, end, number, name)
        else:
            size, at = _varint(data, at, end, name)
            if at + size > end:
                raise _Broken(f"{name} at byte {start} claims {size} bytes, {end - at} are there")
            _inner(data, at, at + size, field, _Place(name, depth + 1))
            at += size


def _inner(data: bytes, at: int, end: int, field: Any, place: _Place) -> None:
    if field is None:
        return
    if field.message_type is not None:
        _message(data, at, end, field.message_type, place)
    elif field.type == field.TYPE_STRING:
        try:
            data[at:end].decode()
        except UnicodeDecodeError as error:
            raise _Broken(f"{place.path} at byte {at + error.start} is no valid UTF-8") from None


def _group(data: bytes, at: int, end: int, number: int, path: str) -> int:
    """The offset behind a group's end."""
    open_groups = [number]
    while open_groups:
        start = at
        tag, at = _varint(data, at, end, path)
        inner, wire = tag >> 3, tag & 7
        if wire == GROUP:
            open_groups.append(inner)
        elif wire == END_GROUP:
            if open_groups.pop() != inner:
                raise _Broken(f"the group{_inside(path)} ends with another's end at byte {start}")
        elif wire == VARINT:
            _, at = _varint(data, at, end, path)
        elif wire == LENGTH:
            size, at = _varint(data, at, end, path)
            at += size
        elif wire in (FIXED64, FIXED32):
            at += 8 if wire == FIXED64 else 4
        else:
            raise _Broken(f"byte {start}{_inside(path)} starts no field")
        if at > end:
            raise _Broken(f"the group{_inside(path)} is cut off")
    return at
