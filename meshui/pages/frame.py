"""What every page shows around itself: the pages that exist, the theme, and who is signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

PAGES = (
    ("now", "/", "Now", "activity"),
    ("graph", "/graph/", "Graph", "workflow"),
    ("traces", "/traces/", "Traces", "list-tree"),
)
THEMES = ("light", "dark")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: `pages`, `theme` (`light`, `dark` or empty for the system's), `auth_on`, `person`."""
    theme = request.COOKIES.get("meshui_theme", "")
    user = getattr(request, "user", None)
    return {
        "pages": [
            {"name": name, "href": href, "word": word, "icon": icon, "current": _current(request.path, href)}
            for name, href, word, icon in PAGES
        ],
        "theme": theme if theme in THEMES else "",
        "auth_on": settings.CONFIG.auth == "on",
        "person": user.get_username() if user is not None and user.is_authenticated else "",
    }


def _current(path: str, href: str) -> str:
    """For `aria-current`: this page, or a page of this part of the product."""
    if path == href:
        return "page"
    return "true" if href != "/" and path.startswith(href) else ""
