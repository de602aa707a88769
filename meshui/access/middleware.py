"""What every request passes: the Host check, the security headers, and the question of who asks."""

from base64 import b64decode
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

from meshui.access import tokens
from meshui.access.hosts import host_allowed, same_origin
from meshui.access.problem import problem
from telemetry.receive.admission import bearer

Next = Callable[[HttpRequest], HttpResponseBase]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
OPEN_PATHS = ("/healthz", "/readyz", "/static/", "/sign-in/", "/link/")
CALLS = ("/api/", "/jaeger/")
"""Where programs ask."""
_SAFE = {"GET", "HEAD", "OPTIONS"}


class HostGuard:
    """Refuses a Host that is not ours with 400, before anything is read."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST", "")
        if host_allowed(host, settings.CONFIG.allowed_hosts):
            return self.get_response(request)
        text = f"This server is not known as {host[:100]!r}. Add the name to MESHUI_ALLOWED_HOSTS if it should be.\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


class SecurityHeaders:
    """The strict Content-Security-Policy of frontend.md section 4, and its kin, on every answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.CONFIG.tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


class Admission:
    """Lets in a signed-in person, a program whose token has the scope, or anyone with AUTH=off (loopback only)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._refusal(request) or self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponseBase | None:
        token = _token(request)
        is_api = request.path.startswith(CALLS)
        if request.path.startswith(OPEN_PATHS) or (token is None and request.user.is_authenticated):
            return None
        if token is not None:
            need = "read" if request.method in _SAFE else "write"
            return _why_not(token, need) or (_program(request) if is_api else None)
        if settings.CONFIG.auth == "off":
            return _program(request) if is_api else None
        if is_api or request.path == "/metrics":
            text = "Sign in, or send Authorization: Bearer TOKEN (meshui token create NAME --scope read)."
            return problem(401, "Sign-in needed", text)
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")


def _token(request: HttpRequest) -> str | None:
    """The bearer token. Trace viewers that ask below /jaeger/ may know basic authentication only: a token is the
    password then, whoever the user is."""
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, credentials = authorization.strip().partition(" ")
    if scheme.lower() != "basic" or not request.path.startswith("/jaeger/"):
        return bearer(authorization)
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _why_not(token: str, need: str) -> HttpResponseBase | None:
    book = tokens.book()
    if book.scope(token) is None:
        return problem(
            401, "Unknown token", "No token of this server; `meshui token create NAME --scope read` makes one."
        )
    if not book.allows(token, need):
        return problem(403, "Not allowed", f"This token does not have the scope {need}.")
    return None


def _program(request: HttpRequest) -> HttpResponseBase | None:
    """Let a program call the API, unless a foreign page sent the request. It has no cookie of ours, so Django's CSRF
    token is not asked of it; page forms and uploads of files carry one in every mode."""
    if request.content_type == "multipart/form-data":
        return None
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own switch
    return _foreign(request)


def _foreign(request: HttpRequest) -> HttpResponseBase | None:
    """Why a write without a CSRF token is refused: it came from another site's page, or not as JSON (rules.md, API)."""
    if request.method in _SAFE:
        return None
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None and not same_origin(origin, request.META.get("HTTP_HOST", "")):
        return problem(403, "Foreign origin", f"Writes from pages of {origin[:100]} are refused.")
    if request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
        return problem(403, "Foreign origin", "Writes from pages of other sites are refused.")
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    if has_body and request.content_type != "application/json":
        return problem(415, "Wrong type", "Send the body as application/json.")
    return None
