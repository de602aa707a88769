"""SQL as text: reads .sql files, splits them into statements, and writes Python values as the engine reads parameters.

A value never becomes part of the SQL: it is bound to a typed parameter, `{since:DateTime64(9, 'UTC')}`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        "\t": "\\t",
        "\n": "\\n",
        "\r": "\\r",
        "\b": "\\b",
        "\f": "\\f",
        "\0": "\\0",
    }
)
_LET = "-- let "


@cache
def read(path: Path) -> str:
    """The text of a .sql file; read once a process, since a question is asked every second."""
    return path.read_text(encoding="utf-8")


def statements(sql: str) -> list[str]:
    """The statements of a file: each ends with `;` at the end of a line. Comments on lines of their own are left out.

    `-- let NAME = text` gives a name to text that this file repeats; `$NAME` stands for it from there on. Types of
    nested OTLP messages need it: ClickHouse has no names for types."""
    lets: dict[str, str] = {}
    found: list[str] = []
    lines: list[str] = []
    for raw in sql.splitlines():
        line = raw.rstrip()
        if line.startswith(_LET):
            name, text = line[len(_LET) :].split(" = ", 1)
            lets[name] = _with(lets, text)
            continue
        if not line or line.lstrip().startswith("--"):
            continue
        lines.append(_with(lets, line))
        if line.endswith(";"):
            found.append("\n".join(lines)[:-1])
            lines = []
    if lines:
        raise ValueError(f"The last statement does not end with `;`: {lines[0]}")
    return found


def _with(lets: Mapping[str, str], line: str) -> str:
    # Longest name first: $KVS must not be read as $KV and an S.
    for name in sorted(lets, key=len, reverse=True):
        line = line.replace(f"${name}", lets[name])
    return line


def bind(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as text. Raises ValueError for a naive time, TypeError for what has no text."""
    return {name: _text(value) for name, value in params.items()}


def quote(text: str) -> str:
    """A string literal, for the few places where the engine takes no parameter (the name of a file, a setting)."""
    return f"'{text.translate(_ESCAPES)}'"


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return time_text(value) if isinstance(value, date) else _nested(value)


def _nested(value: Any) -> str:
    """A value as it stands inside an array, tuple or map, where text and times are quoted."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, date):
        return quote(time_text(value))
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_nested(key)}:{_nested(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        left, right = "()" if isinstance(value, tuple) else "[]"
        return left + ",".join(map(_nested, value)) + right
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    raise TypeError(f"{type(value).__name__} cannot be a parameter; bytes go as hex text and unhex() in the SQL")


def time_text(value: date) -> str:
    """A time in UTC as the engine reads it. Raises ValueError for one without a zone."""
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone; the engine would read it in its own")
    text = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    # DateTime takes no fraction, DateTime64 takes either.
    return f"{text}.{value.microsecond:06d}" if value.microsecond else text
