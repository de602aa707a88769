"""The built front end under /static/: hashed names, cached for a year, compressed by the build."""

import mimetypes
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")
_TWINS = (("br", ".br"), ("gzip", ".gz"))
_IMMUTABLE = "public, max-age=31536000, immutable"


@lru_cache(maxsize=256)
def _read(path: Path, changed_ns: int) -> bytes:
    del changed_ns  # part of the key: a rebuilt file is read again
    return path.read_bytes()


def _built(root: Path, name: str) -> Path | None:
    try:
        path = (root / name).resolve()
        found = path.is_relative_to(root) and path.is_file() and path.suffix not in (".br", ".gz")
    except (OSError, ValueError):  # a name no file can have
        return None
    return path if found else None


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A file of static/dist; anything outside it, or a twin asked for by name, does not exist."""
    path = _built(settings.DIST_DIR.resolve(), name)
    if path is None:
        raise Http404
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    encoding, chosen = "", path
    for word, suffix in _TWINS:
        twin = path.with_name(path.name + suffix)
        if word in accepted and twin.is_file():
            encoding, chosen = word, twin
            break
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = HttpResponse(_read(chosen, chosen.stat().st_mtime_ns), content_type=kind)
    response.headers["Cache-Control"] = _IMMUTABLE
    response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response
