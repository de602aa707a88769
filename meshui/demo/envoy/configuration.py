"""The text of each Envoy's configuration: sections of proxy.yaml, put together by what its service is and calls."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from meshui.demo.envoy.certificates import Certificates
from meshui.demo.envoy.places import HOST, Place
from meshui.demo.envoy.template import fill
from meshui.demo.envoy.topology import CANARY_CLUSTERS, FAULTED, Instance, serving

USUAL_AUTHORITY = "/etc/ssl/certs/ca-certificates.crt"
_TELEMETRY_PORT = 4317
_INWARD = {"direction": "inbound", "listens": "INBOUND", "peer": "downstream", "PEER": "DOWNSTREAM"}
_OUTWARD = {"direction": "outbound", "listens": "OUTBOUND", "peer": "upstream", "PEER": "UPSTREAM"}
# A gateway has one listener for both: its log says whom it calls, its name for what arrives stays `ingress`.
_BOTH = _OUTWARD | {"listens": "UNSPECIFIED"}
_WIDE = "max_connections: 1024, max_pending_requests: 1024"
_NARROW = "max_connections: 4, max_pending_requests: 2"


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where MeshUI takes OTLP over gRPC. `token` empty: none is asked. `authority`: who signed its certificate."""

    host: str
    port: int
    token: str = ""
    tls: bool = False
    authority: str = USUAL_AUTHORITY

    @classmethod
    def at(cls, endpoint: str, token: str, authority: str) -> "Telemetry":
        """From a URL, or host:port. Raises ValueError for what is none."""
        parts = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}")
        if not parts.hostname:
            raise ValueError(f"{endpoint!r} is no address: expected one like http://127.0.0.1:4317")
        tls = parts.scheme == "https"
        return cls(parts.hostname, parts.port or _TELEMETRY_PORT, token, tls, authority or USUAL_AUTHORITY)


def proxy(
    instance: Instance, at: Mapping[str, Place], telemetry: Telemetry, certificates: Mapping[str, Certificates]
) -> str:
    """The whole configuration of the Envoy of `instance`."""
    here = at[instance.id]
    return _whole(
        instance,
        f"{{pipe: {{path: {here.admin}}}}}",
        telemetry,
        _clusters(instance, at, certificates),
        _listeners(instance, here, certificates),
    )


def example(telemetry: Telemetry) -> str:
    """A sidecar of a user's own mesh: cart, which listens on 8080 and calls stock."""
    cart = Instance("shop", "cart", calls=("shop/stock",))
    inbound = _http_listener(cart, _INWARD, "0.0.0.0", 15006, fill("everything", cluster="local_app"))  # noqa: S104  a sidecar's customary address
    outbound = _http_listener(cart, _OUTWARD, HOST, 15001, fill("host", host="stock.shop", cluster="stock.shop"))
    clusters = _cluster("local_app", HOST, 8080) + _cluster("stock.shop", "10.0.0.12", 15006)
    admin = f"{{socket_address: {{address: {HOST}, port_value: 15000}}}}"
    return _whole(cart, admin, telemetry, clusters, inbound + outbound)


def _whole(instance: Instance, admin: str, telemetry: Telemetry, clusters: str, listeners: str) -> str:
    return fill(
        "proxy",
        **_who(instance),
        gateway="" if instance.app else fill("gateway", service=instance.name).rstrip("\n"),
        admin=admin,
        meshui_host=telemetry.host,
        meshui_port=telemetry.port,
        meshui_tls=_meshui_tls(telemetry),
        metadata=fill("metadata", token=telemetry.token) if telemetry.token else "",
        clusters=clusters,
        listeners=listeners,
    )


def _who(instance: Instance) -> dict[str, str]:
    return {
        "service": instance.name,
        "namespace": instance.namespace,
        "version": instance.version,
        "instance": instance.id,
    }


def _meshui_tls(telemetry: Telemetry) -> str:
    if not telemetry.tls:
        return ""
    try:
        ipaddress.ip_address(telemetry.host)
        san_type = "IP_ADDRESS"
    except ValueError:
        san_type = "DNS"
    return fill("meshui tls", meshui_host=telemetry.host, authority=telemetry.authority, san_type=san_type)


def _listeners(instance: Instance, here: Place, certificates: Mapping[str, Certificates]) -> str:
    if not instance.app:
        (called,) = (serving(each)[0] for each in instance.calls)
        hosts = fill("everything", cluster=called.host)
        return _http_listener(instance, _BOTH, HOST, here.arrivals, hosts, spawn=fill("spawn"))
    made = [_arrivals(instance, here, certificates)]
    if hosts := "".join(_host(called) for called in instance.calls if called not in here.tcp):
        faults = fill("fault", cluster=FAULTED) if any(serving(c)[0].host == FAULTED for c in instance.calls) else ""
        made.append(_http_listener(instance, _OUTWARD, HOST, here.calls, hosts, filters=faults))
    made += [_tcp_listener(serving(called)[0].host, _OUTWARD, port, "") for called, port in here.tcp.items()]
    return "".join(made)


def _arrivals(instance: Instance, here: Place, certificates: Mapping[str, Certificates]) -> str:
    if instance.speaks == "tcp":
        return _tcp_listener("inbound", _INWARD, here.arrivals, "local_app")
    own = certificates.get(instance.name)
    # One that calls others is known to its callers without; only the end of the mTLS hop asks them.
    tls = fill("server tls", **own.paths) if own is not None and not instance.calls else ""
    hosts = fill("everything", cluster="local_app")
    return _http_listener(instance, _INWARD, HOST, here.arrivals, hosts, tls=tls)


def _host(called: str) -> str:
    first, *others = serving(called)
    if others:
        stable, canary = CANARY_CLUSTERS
        return fill("canary", host=first.host, service=first.name, cluster=stable, canary=canary)
    return fill("host", host=first.host, cluster=first.host)


def _http_listener(
    instance: Instance,
    way: Mapping[str, str],
    address: str,
    port: int,
    hosts: str,
    *,
    filters: str = "",
    tls: str = "",
    spawn: str = "",
) -> str:
    return fill(
        "http listener",
        **_who(instance),
        **way,
        address=address,
        port=port,
        hosts=hosts,
        filters=filters,
        tls=tls,
        spawn=spawn,
    )


def _tcp_listener(name: str, way: Mapping[str, str], port: int, cluster: str) -> str:
    return fill("tcp listener", name=name, address=HOST, port=port, cluster=cluster or name, **way)


def _clusters(instance: Instance, at: Mapping[str, Place], certificates: Mapping[str, Certificates]) -> str:
    made = [_cluster("local_app", HOST, at[instance.id].app)] if instance.app else []
    for called in instance.calls:
        first, *others = serving(called)
        names = CANARY_CLUSTERS if others else (first.host,)
        for name, each in zip(names, (first, *others), strict=True):
            own = certificates.get(instance.name) if each.shows and not each.calls else None
            tls = fill("client tls", **own.paths, peer=each.identity) if own is not None else ""
            made.append(
                _cluster(name, HOST, at[each.id].arrivals, tls=tls, outliers=bool(others), narrow=own is not None)
            )
    return "".join(made)


def _cluster(name: str, address: str, port: int, *, tls: str = "", outliers: bool = False, narrow: bool = False) -> str:
    return fill(
        "cluster",
        cluster=name,
        address=address,
        port=port,
        breaker=_NARROW if narrow else _WIDE,
        outliers=fill("outliers") if outliers else "",
        tls=tls,
    )
