"""What every page's frame needs: theme, who is signed in, where we are."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. A theme that we did not write is no theme."""
    theme = request.COOKIES.get("meshui_theme", "")
    user = getattr(request, "user", None)
    return {
        "theme": theme if theme in THEMES else "",
        "person": user.get_username() if user is not None and user.is_authenticated else "",
        "auth": settings.CONFIG.auth != "off",
    }
