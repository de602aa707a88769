"""The guard before every WebSocket: Host and Origin in every mode, then a session, a token, or AUTH=off."""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from meshui.access import tokens
from meshui.access.hosts import host_allowed, same_origin
from meshui.access.middleware import bearer


class SocketGuard:
    """Closes a socket that may not be here before it is accepted (the client sees HTTP 403)."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if await self._may(scope):
            await self.inner(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": "sign in first, from a page of this server"})

    async def _may(self, scope: dict[str, Any]) -> bool:
        headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
        host, origin = headers.get("host", ""), headers.get("origin")
        if not host_allowed(host, settings.CONFIG.allowed_hosts):
            return False
        if origin is not None and not same_origin(origin, host):
            return False
        if settings.CONFIG.auth == "off":
            return True
        token = bearer(headers.get("authorization", ""))
        if token is not None:
            return bool(await sync_to_async(lambda: tokens.book().allows(token, "read"))())
        return bool(scope["user"].is_authenticated)
