"""The address a person types: where the pages are, as seen from this machine."""

from meshui.config import Config

_EVERY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  read, not bound


def web_address(config: Config, port: int | None = None) -> str:
    """`http://127.0.0.1:8000`, with https under TLS; `port` where the system chose one."""
    host = config.http.host
    shown = _EVERY.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if config.tls else 'http'}://{shown}:{config.http.port if port is None else port}"


def link_address(config: Config, secret: str, port: int | None = None) -> str:
    return f"{web_address(config, port)}/link/{secret}/"
