"""One GET of a page of metrics: bounded in bytes and in time, whatever the target does."""

import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from meshui.scrape.page import ACCEPT

MOST_BYTES = 16 * 1024 * 1024
TIMEOUT_S = 10.0
PART_BYTES = 64 * 1024
# Targets are neighbours: a proxy for the way out does not know them.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    """Nothing was read; the text says why."""


def page(url: str, timeout_s: float = TIMEOUT_S, most_bytes: int = MOST_BYTES) -> tuple[str, str]:
    """Text and Content-Type. Raises Failed."""
    ends = time.monotonic() + timeout_s
    headers = {"Accept": ACCEPT, "User-Agent": "MeshUI", "X-Prometheus-Scrape-Timeout-Seconds": f"{timeout_s:g}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  MESHUI_SCRAPE takes http and https only
    try:
        with _OPENER.open(request, timeout=timeout_s) as answer:
            kind = answer.headers.get("Content-Type", "")
            return _read(answer, ends, timeout_s, most_bytes).decode(), kind
    except urllib.error.HTTPError as error:
        raise Failed(f"it answers {error.code}") from error
    except UnicodeDecodeError as error:
        raise Failed(f"its page is no UTF-8: {error.reason} at byte {error.start}") from error
    except TimeoutError as error:
        raise Failed(f"it takes longer than {timeout_s:g} s") from error
    except (OSError, HTTPException) as error:
        raise Failed(_why(error, timeout_s)) from error


def _read(answer: Any, ends: float, timeout_s: float, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(PART_BYTES):
        size += len(part)
        if size > most_bytes:
            raise Failed(f"its page has more than {most_bytes} bytes")
        if time.monotonic() > ends:
            raise Failed(f"it takes longer than {timeout_s:g} s")
        parts.append(part)
    return b"".join(parts)


def _why(error: Exception, timeout_s: float) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"it takes longer than {timeout_s:g} s"
    return f"it cannot be reached: {getattr(reason, 'strerror', None) or reason or type(error).__name__}"
