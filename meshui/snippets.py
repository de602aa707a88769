"""The configuration that points a sender here, one template a kind; on the empty page and behind `meshui snippets`."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from meshui.config import Config
from meshui.demo.envoy.configuration import Telemetry, example

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  what a person binds, not what we bind


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` as the command has it, `title` as the page has it, `lead` what to do with it, `after` what it gives."""

    name: str
    title: str
    lead: str
    after: str


KINDS = (
    Kind(
        "collector",
        "OpenTelemetry Collector",
        "Add to collector.yaml, then restart the collector.",
        "Spans alone are enough for the graph. Keep your other receivers and exporters; leave out what you do not run.",
    ),
    Kind(
        "istio",
        "Istio",
        "Part 1 goes into the mesh configuration, 2 and 3 to kubectl apply -f, 4 to Prometheus.",
        "Metrics count, logs add flags and identities, spans show single requests: sample fewer when traffic is high.",
    ),
    Kind(
        "linkerd",
        "Linkerd",
        "Part 1 goes to helm upgrade for the chart linkerd-control-plane, part 2 to Prometheus.",
        "Metrics count every request; pods restarted after part 1 send their proxies' spans.",
    ),
    Kind(
        "envoy",
        "Envoy",
        "A whole envoy.yaml that starts as it stands; take over what your own lacks.",
        "The same text runs the demo's proxies: meshui demo --mesh envoy.",
    ),
    Kind(
        "sdk",
        "An app with an SDK",
        "Set in the environment of the process; every OpenTelemetry SDK reads these.",
        "With a namespace and a version, services of one name stay apart and canaries can be told.",
    ),
    Kind(
        "zipkin",
        "Zipkin or Jaeger",
        "A Zipkin sender (Brave, Spring, Istio's Zipkin tracer) posts v2 JSON; a Jaeger SDK goes through a collector.",
        "Shared span ids are told apart.",
    ),
    Kind(
        "file",
        "A recorded file",
        "Run where the file is; folders, gzip and - for standard input work too.",
        "OTLP JSON lines, OTLP protobuf, Zipkin and Jaeger JSON are recognised by their content.",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Addresses:
    """host:port of both receivers as a sender writes them; `token` is empty where none is asked."""

    otlp_grpc: str
    otlp_http: str
    token: str = ""
    tls: bool = False


def addresses(config: Config, bound: dict[str, str], host: str) -> Addresses:
    """What senders should write: the bound addresses, with `host` where all addresses of this machine are bound."""
    found = {
        "otlp_grpc": bound.get("otlp_grpc", str(config.otlp_grpc)),
        "otlp_http": bound.get("otlp_http", str(config.otlp_http)),
    }
    named = {protocol: _reachable(address, host) for protocol, address in found.items()}
    return Addresses(**named, token="TOKEN" if config.ingest_needs_token else "", tls=config.tls)


def _reachable(address: str, host: str) -> str:
    bound, _, port = address.rpartition(":")
    return f"{host}:{port}" if bound.strip("[]") in EVERYWHERE else address


def snippet(kind: str, to: Addresses) -> str:
    """The text for one kind of sender, complete as it stands."""
    host, _, port = to.otlp_grpc.rpartition(":")
    http_port = to.otlp_http.rpartition(":")[2]
    context = {
        "otlp_grpc": to.otlp_grpc,
        "otlp_http": to.otlp_http,
        "token": to.token,
        "tls": to.tls,
        "scheme": "https" if to.tls else "http",
        "grpc_host": host.strip("[]"),
        "grpc_port": port,
        "http_port": http_port,
        "envoy": example(Telemetry(host.strip("[]"), int(port), to.token, to.tls)),
    }
    return render_to_string(f"snippets/{kind}.txt", context).strip() + "\n"
