"""Which Host and Origin a browser may name: against DNS rebinding, in every mode. An IP literal cannot be rebound."""

import ipaddress
import socket
from urllib.parse import urlsplit

_LOCAL = {"localhost", socket.gethostname().lower(), socket.getfqdn().lower()}


def host_allowed(header: str, allowed: tuple[str, ...]) -> bool:
    """`header` is a Host header's value, port or none; `allowed` are the names of MESHUI_ALLOWED_HOSTS."""
    try:
        name = (urlsplit(f"//{header}").hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if name in _LOCAL or name in {host.lower() for host in allowed}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of this server sent it: the Origin's host and port are those it was asked by."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
