"""The guard before every WebSocket: Host and Origin in every mode, then a session, a token, or AUTH=off."""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from meshui.access import tokens
from meshui.access.hosts import host_allowed, same_origin
from meshui.access.refusal import refuse
from telemetry.receive.admission import bearer

No = tuple[int, str, str]


class SocketGuard:
    """Refuses a socket that may not be here before it is accepted; the client sees 400, 401 or 403 with the reason."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        no = await _why_not(scope)
        if no is None:
            await self.inner(scope, receive, send)
            return
        await receive()
        await refuse(scope, send, *no)


async def no_such_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What answers on every other path."""
    await receive()
    await refuse(scope, send, 404, "No such socket", f"{scope['path'][:200]} is none; the live graph is at /ws/graph/.")


async def _why_not(scope: dict[str, Any]) -> No | None:
    headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
    host, origin = headers.get("host", ""), headers.get("origin")
    if not host_allowed(host, settings.CONFIG.allowed_hosts):
        return 400, "Unknown host", f"This server is not known as {host[:100]!r}; see MESHUI_ALLOWED_HOSTS."
    if origin is not None and not same_origin(origin, host):
        return 403, "Foreign origin", f"Sockets from pages of {origin[:100]} are refused."
    if settings.CONFIG.auth == "off":
        return None
    token = bearer(headers.get("authorization", ""))
    if token is not None:
        return (
            None
            if await sync_to_async(_may_read)(token)
            else (403, "Not allowed", "A token with scope read is needed.")
        )
    if scope["user"].is_authenticated:
        return None
    return 401, "Sign-in needed", "Sign in, or send Authorization: Bearer TOKEN."


def _may_read(token: str) -> bool:
    return tokens.book().allows(token, "read")
