"""Graphs for tests: builders that say only what a test is about, and hypothesis strategies of whole observations."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from telemetry.graph.snapshot import Graph, build
from telemetry.health.judge import judge
from telemetry.health.thresholds import Thresholds
from telemetry.observed import EdgeRow, NodeRow, Observed, VersionShare
from telemetry.signals import Counts
from telemetry.window import Window

AT = datetime(2026, 3, 2, 3, 14, 5, tzinfo=UTC)


def counts(requests: float = 0.0, failures: float = 0.0, **more: object) -> Counts:
    return Counts(requests, failures, **more)  # type: ignore[arg-type]


def node(node_id: str, requests: float = 0.0, failures: float = 0.0, kind: str = "service", **more: object) -> NodeRow:
    """A node that received so many requests, with whatever else its counts should hold."""
    return NodeRow(node_id, kind, counts(requests, failures, **more))


def edge(pair: str, requests: float = 0.0, failures: float = 0.0, protocol: str = "http", **more: object) -> EdgeRow:
    """`edge("shop/web→shop/cart", 100, 31)`: both sides counted the same."""
    source, _, target = pair.partition("→")
    both = counts(requests, failures, **more)
    return EdgeRow(source, target, protocol, both, both)


def observed(*rows: NodeRow | EdgeRow, at: datetime = AT) -> Observed:
    nodes = tuple(row for row in rows if isinstance(row, NodeRow))
    edges = tuple(row for row in rows if isinstance(row, EdgeRow))
    return Observed(Window.ending(at, 60), nodes, edges)


def graph(*rows: NodeRow | EdgeRow, at: datetime = AT) -> Graph:
    """Not judged."""
    return build(observed(*rows, at=at), at)


def judged(*rows: NodeRow | EdgeRow, at: datetime = AT, thresholds: Thresholds | None = None) -> Graph:
    return judge(graph(*rows, at=at), thresholds or Thresholds())


_NAMES = [f"{namespace}/{name}" for namespace in ("shop", "-", "payments") for name in ("web", "cart", "unknown")]
_KINDS = ["service", "gateway", "database", "cache", "queue", "external", "unknown"]
_some = st.one_of(st.just(0.0), st.integers(0, 2000).map(float), st.floats(0, 2000))
_maybe = st.none() | st.integers(0, 500).map(float)
_ratio = st.none() | st.floats(0, 1)
_shares = st.lists(
    st.builds(VersionShare, st.sampled_from(["", "v1", "v2"]), _some, st.just(0.0)),
    unique_by=lambda share: share.version,
    max_size=3,
).map(tuple)
_identities = st.sampled_from([(), ("spiffe://mesh.local/ns/shop/sa/web",)])


@st.composite
def any_counts(draw: st.DrawFn) -> Counts:
    """Counts that can be: every part within the whole."""
    requests = draw(_some)
    failures = requests * draw(st.sampled_from([0.0, 0.01, 0.3, 1.0]))
    cancelled = (requests - failures) * draw(st.sampled_from([0.0, 0.5, 1.0]))
    reached = draw(_maybe)
    return Counts(
        requests,
        failures,
        cancelled,
        client_errors=requests - failures - cancelled,
        codes=draw(st.dictionaries(st.sampled_from(["200", "503", "grpc:14"]), _some)),
        flags=draw(st.dictionaries(st.sampled_from(["UH", "UF,URX"]), _some)),
        latency=draw(st.dictionaries(st.integers(-160, 239), st.integers(1, 99), max_size=4)),
        mutual_tls=reached,
        reached=reached,
        bytes_in=draw(_maybe),
        attempts=draw(_maybe),
        saturation=draw(_ratio),
        retry_success=draw(_maybe),
        ejected=draw(_ratio),
    )


@st.composite
def any_observed(draw: st.DrawFn) -> Observed:
    """A window of up to nine nodes with any calls between them, also to themselves and to nodes without a row."""
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=9))
    nodes = [
        NodeRow(name, draw(st.sampled_from(_KINDS)), draw(any_counts()), ("v1",), draw(st.none() | st.just(AT)))
        for name in names
    ]
    pairs = draw(st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(_NAMES)), unique=True, max_size=8))
    edges = [
        EdgeRow(
            source,
            target,
            "http",
            draw(any_counts()),
            Counts(),
            source_identities=draw(_identities),
            target_identities=draw(_identities),
            shares=draw(_shares),
        )
        for source, target in pairs
    ]
    return Observed(Window.ending(AT, draw(st.sampled_from([60, 300]))), tuple(nodes), tuple(edges))


def any_graph() -> st.SearchStrategy[Graph]:
    """A judged graph of any window."""
    return any_observed().map(lambda seen: judge(build(seen, AT), Thresholds()))
