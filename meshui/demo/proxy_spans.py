"""The spans of sidecars and gateway as Envoy 1.40 shapes them: every value a string, old names, one span a side."""

from dataclasses import dataclass

from opentelemetry.trace import SpanKind, Status, StatusCode

from meshui.demo.answers import NO_ANSWER, Verdict, grpc_status
from meshui.demo.pods import Pod
from meshui.demo.recorder import UNSET, Place

_ERROR = Status(StatusCode.ERROR)
_SERVER_GRPC_ERRORS = {2, 4, 12, 13, 14, 15}
# Envoy leaves out a tag without a value, and no reader can tell that from a tag not configured: these proxies have "-"
# as its default.
_PLAINTEXT_OUT, _PLAINTEXT_IN = {"upstream_tls_version": "-"}, {"downstream_tls_version": "-"}


@dataclass(frozen=True, slots=True)
class Request:
    """What all spans of one call share: `path` is concrete, `host` the authority, `request_id` as Envoy makes it."""

    method: str
    host: str
    path: str
    request_id: str
    grpc: bool = False
    mutual: bool = True
    user_agent: str = "-"


def cluster_out(host: str, port: int, subset: str = "") -> str:
    """Istio's name of the cluster of `host`."""
    return f"outbound|{port}|{subset}|{host}"


def request_body(request: Request) -> int:
    """Bytes."""
    return 0 if request.method == "GET" else 212


def response_body(request: Request) -> int:
    """Bytes."""
    return 180 + len(request.path) * 37


def egress(here: Place, request: Request, start: float, verdict: Verdict, *, cluster: str, peer: str) -> None:
    """The caller's sidecar. `peer`: the SPIFFE id of the upstream, empty where there is none or nobody was reached."""
    attributes = _main(here.pod, request, verdict, cluster) | {"traffic_direction": "outbound"}
    if peer:
        tags = {"upstream_tls_version": "TLSv1.3", "upstream_peer_uri_san": peer}
        attributes |= tags if request.mutual else _PLAINTEXT_OUT
    status = _status(request, verdict, client=True)
    here.proxy(f"egress {request.host}", SpanKind.CLIENT, (start, verdict.end), attributes, status=status)


def ingress(here: Place, request: Request, start: float, verdict: Verdict, *, caller: str) -> None:
    """The called one's sidecar. `caller`: the SPIFFE id of who asked."""
    attributes = _main(here.pod, request, verdict, "inbound|8080||") | {"traffic_direction": "inbound"}
    tags = {"downstream_tls_version": "TLSv1.3", "downstream_peer_uri_san": caller}
    attributes |= tags if request.mutual else _PLAINTEXT_IN
    status = _status(request, verdict, client=False)
    here.proxy("ingress", SpanKind.SERVER, (start, verdict.end), attributes, status=status)


def gateway(here: Place, request: Request, start: float, verdict: Verdict, *, cluster: str) -> None:
    """The gateway's own span, root of the trace. `cluster` is empty where no route was found."""
    attributes = _main(here.pod, request, verdict, cluster) | {"downstream_tls_version": "TLSv1.3"}
    status = _status(request, verdict, client=False)
    here.proxy("ingress", SpanKind.SERVER, (start, verdict.end), attributes, status=status, remote=False)


def spawned(here: Place, kind: str, start: float, verdict: Verdict, *, cluster: str, upstream: Pod) -> None:
    """A child the gateway spawns for its upstream: no node id, method or URL. `kind`: `router`, `async` for a check."""
    attributes = {
        "component": "proxy",
        "http.protocol": "HTTP/1.1",
        "upstream_address": f"{upstream.address}:8080",
        "peer.address": f"{upstream.address}:8080",
        "upstream_cluster": cluster,
        "upstream_cluster.name": cluster,
        "http.status_code": str(verdict.code),
        "response_flags": verdict.flags,
        "upstream_tls_version": "TLSv1.3",
        "upstream_peer_uri_san": upstream.identity,
    }
    if verdict.code == NO_ANSWER:
        attributes["canceled"] = "true"
    status = _ERROR if verdict.code >= 400 else UNSET
    name = f"{kind} {cluster} egress"
    here.proxy(name, SpanKind.CLIENT, (start, verdict.end), attributes, status=status, remote=False)


def _main(pod: Pod, request: Request, verdict: Verdict, cluster: str) -> dict[str, str]:
    attributes = {
        "node_id": pod.node_id,
        "guid:x-request-id": request.request_id,
        "http.url": f"http://{request.host}{request.path}",
        "http.method": request.method,
        "downstream_cluster": "-",
        "user_agent": request.user_agent,
        "http.protocol": "HTTP/2" if request.grpc else "HTTP/1.1",
        "peer.address": pod.address,
        "request_size": str(request_body(request)),
        "response_size": str(response_body(request)),
        "component": "proxy",
        "http.status_code": str(verdict.code),
        "response_flags": verdict.flags,
        "response_code_details": verdict.details,
    }
    if cluster:
        attributes |= {"upstream_cluster": cluster, "upstream_cluster.name": cluster}
    if request.grpc:
        grpc = {"grpc.path": request.path, "grpc.authority": request.host, "grpc.content_type": "application/grpc"}
        attributes |= grpc
        if verdict.code != NO_ANSWER:
            attributes |= {"http.status_code": "200", "grpc.status_code": str(grpc_status(verdict.code))}
    if verdict.code >= 500 or verdict.code == NO_ANSWER:
        attributes["error"] = "true"
    return attributes


def _status(request: Request, verdict: Verdict, client: bool) -> Status:
    if verdict.code == NO_ANSWER:
        return UNSET
    if request.grpc:
        status = grpc_status(verdict.code)
        return _ERROR if status and (client or status in _SERVER_GRPC_ERRORS) else UNSET
    return _ERROR if verdict.code >= (400 if client else 500) else UNSET
