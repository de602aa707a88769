"""Reads tests/cases/traces/*.case: a trace as a drawing, and the calls it is, in words.

    gateway edge/gw                              an owner known to be a gateway; `known` one that sent spans before
    now 15                                       seconds since T0 at which signals are computed; else all is settled
    in edge/gw envoy 0-100 200                   role, owner, sender, start-end in ms, and what else there is to say:
      out edge/gw envoy 1-99 503 UF error        a span below another is its child
        in shop/web app 2-98 instance=a          any field of a span in normal form; id and parent if not by the drawing
          out shop/web app 3-5 cache=redis       service, external, database, cache, queue: who the other side is
    expect                                       all that follows is what comes out

A line `trace` begins another trace."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.build import T0, unix_ns
from tests.plain.normal import NormalSpan
from tests.plain.rollups import Row, Rows

CASES = Path(__file__).parents[2] / "cases" / "traces"
_START = int(T0.timestamp())
_INTS = {"kind", "span_id", "parent_id", "arrived"}
_PEERS = ("service", "external", "database", "cache", "queue")
_FLAG = re.compile(r"[A-Z]{2,5}(,[A-Z]{2,5})*")


@dataclass
class Case:
    """What a file says: spans, what is known of owners, when it is computed (None: settled), and what is expected."""

    spans: list[NormalSpan] = field(default_factory=list)
    owners: dict[str, bool] = field(default_factory=dict)
    now_s: float | None = None
    given: str = ""
    expected: str = ""


def read(path: Path) -> Case:
    """Raises ValueError naming file and line for a word that it does not know."""
    case = Case()
    text = path.read_text(encoding="utf-8")
    case.given, _, case.expected = text.partition("expect\n")
    above: list[tuple[int, int]] = []
    trace = 1
    for number, line in enumerate(case.given.splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        indent = len(line) - len(line.lstrip())
        try:
            if words[0] in ("gateway", "known"):
                case.owners[words[1]] = words[0] == "gateway"
            elif words[0] == "now":
                case.now_s = float(words[1])
            elif words[0] == "trace":
                trace, above = trace + 1, []
            else:
                above = [(depth, span) for depth, span in above if depth < indent]
                parent = above[-1][1] if above else 0
                made = _span(words, len(case.spans) + 1, parent, trace)
                case.spans.append(made)
                above.append((indent, made.span_id))
        except (ValueError, IndexError, TypeError) as error:
            raise ValueError(f"{path.name}:{number}: {line.strip()!r}: {error}") from error
    case.owners = {s.node: False for s in case.spans} | {s.node: True for s in case.spans if s.gateway} | case.owners
    return case


def _span(words: list[str], number: int, parent: int, trace: int) -> NormalSpan:
    role, node, sender, times, *rest = words
    start, _, end = times.partition("-")
    ts = unix_ns(T0) + round(float(start) * 1_000_000)
    said: dict[str, Any] = {
        "bucket": ts // 10_000_000_000 * 10,
        "ts": ts,
        "duration": max(0, round((float(end) - float(start)) * 1_000_000)),
        "late": False,
        "trace_id": trace.to_bytes(16, "big"),
        "span_id": number,
        "parent_id": parent,
        "node": node,
        "role": role,
        "proxy": sender != "app",
        "protocol": "" if role == "local" else "http",
    }
    for word in rest:
        said |= _word(word)
    return NormalSpan(**said)


def _word(word: str) -> dict[str, Any]:
    name, equals, value = word.partition("=")
    if word.isdigit():
        return {"code": int(word)}
    if word.startswith("grpc:"):
        return {"grpc": int(word[5:]), "protocol": "grpc"}
    if _FLAG.fullmatch(word):
        return {"flags": word}
    if not equals:
        plain: dict[str, dict[str, Any]] = {
            "error": {"status": 2},
            "late": {"late": True},
            "gateway": {"gateway": True},
            "mutual": {"tls": "mutual"},
            "plain": {"tls": "plain"},
            "refused": {"arrived": 0},
        }
        if word not in plain:
            raise ValueError(f"{word!r} is no word of this language")
        return plain[word]
    if name in _PEERS:
        space, _, last = value.rpartition("|")
        return {"peer": last, "peer_ns": space, "peer_kind": name}
    if name in ("id", "parent"):
        return {f"{'span' if name == 'id' else name}_id": int(value)}
    if name == "op":
        return {"operation": value.replace("_", " ")}
    return {name: float(value) if name == "weight" else int(value) if name in _INTS else value}


def written(edges: Rows, nodes: Rows) -> str:
    """Edges, then nodes, a line each, in words."""
    lines = [f"{_edge(key)} {_said(row)}{_called(row)}\n" for key, row in sorted(edges.items(), key=str)]
    lines += [f"{key[1]} {_kind(row)}: {_said(row)}{_when(key)}\n" for key, row in sorted(nodes.items(), key=str)]
    return "".join(lines)


def _edge(key: tuple[object, ...]) -> str:
    return f"{key[1]}→{key[2]} {key[3] or 'any'}{_when(key)}:"


def _kind(row: Row) -> str:
    return row.kinds[-1]


def _when(key: tuple[object, ...]) -> str:
    """Nothing in the first bucket, else how many seconds later."""
    later = int(str(key[0])) - _START
    return f" at {later} s" if later else ""


def _said(row: Row) -> str:
    parts = [f"{row.requests:g} requests" if row.requests != 1 else "1 request"]
    if row.attempts not in (0, row.requests):
        parts.append(f"{row.attempts:g} attempts")
    ends = ("failures", "cancelled", "client_errors", "denied")
    parts += [f"{getattr(row, name):g} {name}" for name in ends if getattr(row, name)]
    parts += [*_counts(row.codes), *_counts(row.flags)]
    if row.latency:
        parts.append(_ms(row.latency))
    if row.mutual_tls is not None:
        parts.append(f"{row.mutual_tls:g} of {row.reached:g} mutual TLS")
    return ", ".join(parts)


def _called(row: Row) -> str:
    if not row.callee_requests:
        return ""
    failed = f", {row.callee_failures:g} failures" if row.callee_failures else ""
    return f"; called {row.callee_requests:g}{failed}, {_ms(row.callee_latency)}"


def _counts(column: Counter[str]) -> list[str]:
    return [f"{name}" if count == 1 else f"{name} {count:g} times" for name, count in sorted(column.items())]


def _ms(bins: Counter[int]) -> str:
    """The upper bounds of the bins, each as often as it was met."""
    bounds = [f"{2 ** ((index + 1) / 8):.3g}" if index > -32768 else "0" for index in sorted(bins.elements())]
    return f"≤ {' '.join(bounds)} ms"
