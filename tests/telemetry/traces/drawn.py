"""Traces as drawings, for tests of what is pure: a line a span, the indentation says whose child it is.

    in  edge/gw gateway 0-182 503 error            role, owner (`@v2` its version), who sent it, from and to in ms
      out shop/web envoy 4-176 503 UH #refused     code, `grpc:14`, flags, `error`, `name=value`, and a label

`op=`, `peer=`, `instance=`, `arrived=`, `message=` set what they name; any other `name=value` is an attribute, in which
`_` stands for a space. Who: `app`, `envoy`, `gateway`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telemetry.span import Span, Trace
from telemetry.traces.assemble import assemble

MS = 1_000_000
_KINDS = {"in": "server", "out": "client", "local": "internal", "send": "producer", "process": "consumer"}


@dataclass(frozen=True)
class Drawn:
    """The trace, and the indexes of its labelled spans."""

    trace: Trace
    labels: dict[str, int]

    def label(self, index: int | None) -> str | None:
        """What a span is called; None for none."""
        return next((name for name, at in self.labels.items() if at == index), None)


def drawn(text: str) -> Drawn:
    spans: list[Span] = []
    labels: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in filter(str.strip, text.splitlines()):
        depth = len(line) - len(line.lstrip())
        above = [one for one in above if one[0] < depth]
        made, label = _span(line.split(), len(spans) + 1, above[-1][1] if above else None)
        above.append((depth, made.span_id))
        spans.append(made)
        if label:
            labels[label] = made.span_id
    return labelled(spans, labels)


def labelled(spans: Sequence[Span], labels: dict[str, str]) -> Drawn:
    trace = assemble("ab" * 16, spans)
    at = {span.span_id: index for index, span in enumerate(trace.spans)}
    return Drawn(trace, {name: at[span_id] for name, span_id in labels.items()})


def _span(words: list[str], number: int, parent: str | None) -> tuple[Span, str]:
    role, owner, who, times, *rest = words
    node, _, version = owner.partition("@")
    since, until = (float(part) for part in re.fullmatch(r"(-?[\d.]+)-(-?[\d.]+)", times).groups())  # type: ignore[union-attr]
    said: dict[str, Any] = {"attributes": {}}
    label = ""
    for word in rest:
        if word.startswith("#"):
            label = word[1:]
        else:
            _say(word, said)
    made = Span(
        span_id=f"{number:016x}",
        parent_id=parent,
        node=node,
        role=role,
        kind=_KINDS.get(role, "internal"),
        name="op",
        start_ns=round(since * MS),
        duration_ns=max(0, round((until - since) * MS)),
        version=version,
        proxy=who != "app",
        gateway=who == "gateway",
        **({"operation": "GET /"} | said),
    )
    return made, label


def _say(word: str, said: dict[str, Any]) -> None:
    name, equals, value = word.partition("=")
    value = value.replace("_", " ") if name != "response_code_details" else value
    if word == "error":
        said["status"] = "error"
    elif word.isdecimal():
        said["code"] = int(word)
    elif word.startswith("grpc:"):
        said["grpc"] = int(word[5:])
    elif not equals:
        said["flags"] = tuple(word.split(","))
    elif name in ("op", "message"):
        said["operation" if name == "op" else "status_message"] = value
    elif name in ("peer", "instance"):
        said[name] = value
    elif name == "arrived":
        said["arrived"] = int(value)
    else:
        said["attributes"][name] = value
