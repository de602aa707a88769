"""Where the web server looks: pages and API through Django, sockets through Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meshui.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from meshui.access.sockets import SocketGuard  # noqa: E402
from meshui.live.graph_socket import GraphSocket  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": _django,
        "websocket": AuthMiddlewareStack(SocketGuard(URLRouter([path("ws/graph/", GraphSocket.as_asgi())]))),
    }
)
