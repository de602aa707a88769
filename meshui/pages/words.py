"""Numbers as a person reads them: twin of static/src/ui/number.js; static/test/words.json tests both."""

import re
from math import floor

GAP = "\u2009"
NONE = "–"
_NEARLY_ALL = 0.995
_UNIT = re.compile(r"(?<=\d) (?=(?:%|ms|s|min|h|k|M)\b|%)")
_LARGE = ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))


def _fixed(value: float, digits: int) -> str:
    """Half up, as JavaScript's twin does it; Python's own rounding would go to even."""
    scale = 10**digits
    return f"{floor(value * scale + 0.5) / scale:.{digits}f}"


def count(value: float | None) -> str:
    """A count of things: `931`, `5,740`, `18.2 k`, `11.2 M`."""
    if value is None:
        return NONE
    for least, by, letter in _LARGE:
        if value >= least:
            return f"{_fixed(value / by, 1)}{GAP}{letter}"
    return f"{floor(value + 0.5):,}"


def rate(value: float | None) -> str:
    """A rate without its unit: one decimal below 100."""
    if value is None:
        return NONE
    if value == 0:
        return "0"
    if value < 0.05:
        return "< 0.1"
    return _fixed(value, 1) if value < 99.95 else count(value)


def ratio(value: float | None) -> str:
    """A share of one: `0.2 %`, `31 %`."""
    if value is None:
        return NONE
    percent = value * 100
    if 0 < percent < 0.05:
        return f"<{GAP}0.1{GAP}%"
    return f"{_fixed(percent, 0 if percent == 0 or percent >= 9.95 else 1)}{GAP}%"


def part(value: float | None) -> str:
    """A share that is not whole is never said to be: `> 99 %`."""
    return f">{GAP}99{GAP}%" if value is not None and _NEARLY_ALL <= value < 1 else ratio(value)


def level(value: float | None) -> str:
    """A level from 0 to 1: `0.70`."""
    return NONE if value is None else _fixed(value, 2)


def ms(value: float | None) -> str:
    """Milliseconds: `0.4 ms`, `38 ms`, `1.24 s`."""
    if value is None:
        return NONE
    if value >= 999.5:
        return f"{_fixed(value / 1000, 2)}{GAP}s"
    return f"{_fixed(value, 0 if value == 0 or value >= 9.95 else 1)}{GAP}ms"


def size(value: float | None) -> str:
    """Bytes: `812 B`, `3.1 MiB`."""
    if value is None:
        return NONE
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{_fixed(value, 0 if unit == 'B' else 1)}{GAP}{unit}"
        value /= 1024
    return f"{_fixed(value, 1)}{GAP}TiB"


def span(seconds: float) -> str:
    """A length of time: `12 s`, `4 min`, `3 h`, `2 d`."""
    whole = max(0, floor(seconds + 0.5))
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if whole >= length:
            return f"{whole // length} {unit}"
    return f"{whole} s"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 service`, `43 services`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def units(text: str) -> str:
    """A sentence whose numbers stay with their units at the end of a line."""
    return _UNIT.sub("\N{NO-BREAK SPACE}", text)
