"""Numbers as people read them, and what most failures have in common, in a few words (ui.md section 5)."""

from collections.abc import Mapping

from telemetry.health.wilson import Interval
from telemetry.signals import Counts

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_GRPC = {
    "grpc:2": "gRPC 2, unknown",
    "grpc:4": "gRPC 4, deadline exceeded",
    "grpc:12": "gRPC 12, unimplemented",
    "grpc:13": "gRPC 13, internal",
    "grpc:14": "gRPC 14, unavailable",
    "grpc:15": "gRPC 15, data loss",
}
# A few words a flag, for inside a sentence; telemetry/outcome.py has whole sentences. Only flags that can be a failure.
_FLAGS = {
    "UH": "no healthy upstream",
    "UF": "connection failed",
    "UO": "circuit breaker open",
    "UC": "connection closed by upstream",
    "UR": "reset by upstream",
    "LR": "reset by the proxy",
    "UT": "timed out",
    "UMSDR": "stream took too long",
    "UPE": "upstream broke the protocol",
    "LH": "own health check fails",
    "DF": "name not resolved",
    "NC": "no such cluster",
    "NFCF": "filter configuration missing",
    "DO": "dropped on purpose",
    "OM": "proxy overloaded",
    "RLSE": "rate limiter failed",
    "NR": "no route",
    "FI": "fault injected",
    "SI": "stream idle too long",
    "DT": "time limit reached",
    "URX": "retries used up",
}


def digits(percents: float, decimals: int) -> str:
    """`5`, `4.1`: fixed decimals without a trailing `.0`."""
    text = f"{percents:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: float) -> str:
    """`31 %`, `4.1 %`, `0.03 %`: one decimal below 10, one digit below 0.1."""
    value = ratio * 100
    if 0 < value < 0.095:
        return f"{float(f'{value:.1g}'):f}".rstrip("0") + " %"
    return digits(value, 1 if value < 9.95 else 0) + " %"


def between(interval: Interval) -> str:
    """`between 29.4 and 32.7 %`, `between 21 and 94 %`: a decimal where it means something, or says it is not 0."""
    low, high = (
        digits(end * 100, 1 if interval.width < 0.1 or 0 < end < 0.01 else 0) for end in (interval.low, interval.high)
    )
    return f"between {low} and {high} %"


def milliseconds(ms: float) -> str:
    """`9.5 ms`, `481 ms`, `1.24 s`."""
    if ms >= 999.5:
        return f"{ms / 1000:.2f} s"
    return f"{digits(ms, 1 if ms < 9.95 else 0)} ms"


def counted(count: float, thing: str) -> str:
    """`one failure`, `three requests`, `1,120 requests`: words up to ten, the plural by s."""
    whole = round(count)
    number = _SMALL[whole] if whole < len(_SMALL) else f"{whole:,}"
    return f"{number} {thing}" if whole == 1 else f"{number} {thing}s"


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def sentence(text: str) -> str:
    """The same with a capital first letter."""
    return text[:1].upper() + text[1:]


def cause(counts: Counts, failed: float, lowest_code: int = 500) -> str:
    """`503, no healthy upstream`: the code and the flag that at least half of `failed` requests share; else empty."""
    codes = {
        code: n for code, n in counts.codes.items() if code in _GRPC or (code.isdigit() and int(code) >= lowest_code)
    }
    code = _most(codes, failed)
    flag = _most(_single_flags(counts.flags), failed)
    return ", ".join(filter(None, (_GRPC.get(code, code), _FLAGS.get(flag, ""))))


def _single_flags(flags: Mapping[str, float]) -> dict[str, float]:
    """Counts by one flag each: several flags of a request come joined by `,`."""
    single: dict[str, float] = {}
    for joined, n in flags.items():
        for flag in joined.split(","):
            if flag in _FLAGS:
                single[flag] = single.get(flag, 0.0) + n
    return single


def _most(counts: Mapping[str, float], failed: float) -> str:
    """The key with the highest count if that is half of `failed`; of equals URX last, since it never comes alone."""
    if not counts:
        return ""
    key = max(sorted(counts), key=lambda name: (counts[name], name != "URX"))
    return key if counts[key] * 2 >= failed > 0 else ""
