"""Nothing received yet: where we listen, what to paste into a sender. Shown on every page until the first span."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from meshui.snippets import KINDS, addresses, snippet
from telemetry.graph.snapshot import Graph

_COMMENT = re.compile(r"(^|\s)(#.*)$")
_KEY = re.compile(r"^(\s*(?:- )?)([\w./-]+)(?=:(?:\s|$))")


def waiting(graph: Graph | None, status: dict[str, Any]) -> bool:
    """Whether nothing was ever stored: no node to show, no span kept."""
    return (graph is None or not graph.digraph) and not status["engine"]["spans"]


def page(request: HttpRequest, status: dict[str, Any]) -> HttpResponse:
    """The whole page, or with `?part=live` only what changes while one waits."""
    template = "empty/_live.html" if request.GET.get("part") == "live" else "empty/page.html"
    return render(request, template, {"waiting": True, "status": status, **_senders(request, status)})


def _senders(request: HttpRequest, status: dict[str, Any]) -> dict[str, Any]:
    bound = {receiver["protocol"]: receiver["address"] for receiver in status["receivers"]}
    host = request.get_host().rpartition(":")[0] or request.get_host()
    to = addresses(settings.CONFIG, bound, host)
    texts = [{"kind": kind, "text": coloured(snippet(kind.name, to))} for kind in KINDS]
    return {"to": to, "snippets": texts, "loopback": settings.CONFIG.otlp_grpc.loopback}


def coloured(text: str) -> SafeString:
    """Comments quiet, keys of YAML in the accent; all of it escaped."""
    return mark_safe("\n".join(_line(line) for line in text.rstrip().split("\n")))  # noqa: S308  _line escapes


def _line(line: str) -> str:
    comment = _COMMENT.search(line)
    code = line[: comment.start(2)] if comment else line
    key = _KEY.match(code)
    shown: str = escape(code)
    if key:
        shown = f'{key[1]}<span class="k">{escape(key[2])}</span>{escape(code[key.end() :])}'
    return shown + (f'<span class="c">{escape(comment[2])}</span>' if comment else "")
