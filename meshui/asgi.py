"""Where the web server looks: pages and API through Django, sockets through Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meshui.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from meshui.access.sockets import SocketGuard, no_such_socket  # noqa: E402
from meshui.live.graph_socket import GraphSocket  # noqa: E402

_sockets = URLRouter(
    [
        path("ws/graph/", GraphSocket.as_asgi()),
        re_path("", no_such_socket),  # type: ignore[arg-type]  # ASGI, as Channels routes it
    ]
)
application = ProtocolTypeRouter({"http": _django, "websocket": AuthMiddlewareStack(SocketGuard(_sockets))})
