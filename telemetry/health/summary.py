"""A judged graph in words, for whoever opens the page at night: what is wrong, who is hurt, where to start to look.

Where it starts is a plain rule, not a ranking: the failing nodes that call no failing node (a ring of them is one; the
degraded where none fails)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from telemetry.graph.element import Edge, Health, Node
from telemetry.graph.snapshot import Graph
from telemetry.health.words import counted, listed, percent, sentence

_UNWELL = (Health.FAILING, Health.DEGRADED)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Start:
    """A node where trouble starts; `edge` is its worst unwell call to a node that is well itself, if there is one."""

    node: Node
    edge: Edge | None


@dataclass(frozen=True, slots=True)
class Hurt:
    """A node that suffers from a start. `share` of what it receives fails; of what it calls, if it receives nothing."""

    node: Node
    share: float
    entry: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What a page says first. `health` is the worst there is; `trouble` and `calls` are unwell ones, worst first.

    `headline` is always there; `starts_text`, `hurt_text` and `proof` are empty where there is nothing to say.
    `failed` of `requests` are those at the `entries` (where requests enter the mesh), `entries_hit` are unwell ones."""

    health: Health
    headline: str
    starts_text: str
    hurt_text: str
    proof: str
    counts: dict[Health, int]
    trouble: tuple[Node, ...]
    calls: tuple[Edge, ...]
    starts: tuple[Start, ...]
    hurt: tuple[Hurt, ...]
    entries: tuple[Node, ...]
    entries_hit: tuple[Node, ...]
    requests: float
    failed: float

    @property
    def failing_trace(self) -> str | None:
        """The newest failing trace of where it starts, else of the worst: the request to open first."""
        unwell: tuple[Node | Edge, ...] = (*(start.node for start in self.starts), *self.trouble, *self.calls)
        return next((trace for element in unwell for trace in element.failing_traces), None)


def summarise(graph: Graph) -> Summary:
    """The summary of a judged graph. `-/unknown` is nobody's service: it is never counted, only its calls are."""
    services = [node for node in graph.nodes() if node.kind != "unknown"]
    counts = Counter(node.health for node in services)
    trouble = worst_first(services)
    calls = tuple(sorted((edge for edge in graph.edges() if edge.health in _UNWELL), key=_badness))
    starts = _starts(graph, trouble)
    entries = _entries(graph)
    hurt = _hurt(graph, starts, entries)
    return Summary(
        health=_overall(counts, calls),
        headline=_headline(counts, trouble, calls),
        starts_text=_starts_text(starts, trouble),
        hurt_text=_hurt_text(hurt),
        proof=_proof(starts, calls),
        counts={health: counts[health] for health in Health},
        trouble=trouble,
        calls=calls,
        starts=starts,
        hurt=hurt,
        entries=entries,
        entries_hit=tuple(node for node in entries if node.health in _UNWELL),
        requests=sum(node.counts.requests for node in entries),
        failed=sum(node.counts.failures for node in entries),
    )


def worst_first(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The failing, then the degraded; within each by error ratio, failures, id."""
    return tuple(sorted((node for node in nodes if node.health in _UNWELL), key=_badness))


def _badness(element: Node | Edge) -> tuple[int, float, float, str]:
    ratio = element.signals.error_ratio or 0.0
    return _UNWELL.index(element.health), -ratio, -element.counts.failures, element.id


def _starts(graph: Graph, trouble: tuple[Node, ...]) -> tuple[Start, ...]:
    """Sinks among the failing nodes, or among the degraded if none fails; worst first."""
    worst = [node for node in trouble if node.health is trouble[0].health]
    rings = nx.condensation(graph.digraph.subgraph(node.id for node in worst))
    deepest = {name for ring, out in rings.out_degree() if not out for name in rings.nodes[ring]["members"]}
    return tuple(Start(node, _start_edge(graph, node)) for node in worst if node.id in deepest)


def _start_edge(graph: Graph, node: Node) -> Edge | None:
    """The worst unwell call of a node to one that is well itself: the trouble is between them, or seen by one alone."""
    unwell = (edge for edge in graph.calls_from(node.id) if edge.health in _UNWELL and edge.target != node.id)
    outside = [edge for edge in unwell if (target := graph.node(edge.target)) and target.health not in _UNWELL]
    return min(outside, key=_badness, default=None)


def _entries(graph: Graph) -> tuple[Node, ...]:
    """Where requests enter: gateways that no other gateway calls; without gateways, what nobody known calls."""
    received = [node for node in graph.nodes() if node.counts.requests > 0]
    gateways = {node.id for node in received if node.kind == "gateway"}

    def callers(node: Node) -> set[str]:
        known = (edge.source for edge in graph.calls_to(node.id) if edge.source != node.id)
        return {caller for caller in known if (source := graph.node(caller)) and source.kind != "unknown"}

    if gateways:
        return tuple(node for node in received if node.id in gateways and not callers(node) & gateways)
    return tuple(node for node in received if not callers(node))


def _hurt(graph: Graph, starts: tuple[Start, ...], entries: tuple[Node, ...]) -> tuple[Hurt, ...]:
    """Whoever reaches a start along unwell calls, entries first, then by share."""
    unwell = nx.DiGraph((edge.source, edge.target) for edge in graph.edges() if edge.health in _UNWELL)
    at = [start.node.id for start in starts if start.node.id in unwell]
    reached = {caller for node_id in at for caller in nx.ancestors(unwell, node_id)} - set(at)
    entry_ids = {node.id for node in entries}
    found = [
        Hurt(node, _share(graph, node), node.id in entry_ids)
        for node in graph.nodes()
        if node.id in reached and node.kind != "unknown"
    ]
    return tuple(sorted(found, key=lambda hurt: (not hurt.entry, -hurt.share, hurt.node.id)))


def _share(graph: Graph, node: Node) -> float:
    if node.signals.error_ratio is not None:
        return node.signals.error_ratio
    calls = list(graph.calls_from(node.id))
    judged = sum(edge.counts.judged for edge in calls)
    return sum(edge.counts.failures for edge in calls) / judged if judged > 0 else 0.0


def _overall(counts: Counter[Health], calls: tuple[Edge, ...]) -> Health:
    seen = [*(health for health, n in counts.items() if n), *(edge.health for edge in calls)]
    ranked = (Health.FAILING, Health.DEGRADED, Health.HEALTHY, Health.UNKNOWN, Health.IDLE)
    return next((health for health in ranked if health in seen), Health.UNKNOWN)


def _headline(counts: Counter[Health], trouble: tuple[Node, ...], calls: tuple[Edge, ...]) -> str:
    if trouble:
        others = sum(node.health is trouble[0].health for node in trouble) - 1
        also = f" {sentence(counted(others, 'other service'))} {_are(others)} {trouble[0].health}." if others else ""
        return f"{_state(trouble[0].id, trouble[0])}.{also}"
    well = _well(counts)
    if calls:
        return f"{well.removesuffix('.')}, but the call {_state(f'{calls[0].source} → {calls[0].target}', calls[0])}."
    return well


def _state(name: str, element: Node | Edge) -> str:
    """`shop/cart fails for 31 % of requests`, or `shop/cart is degraded` where errors are not what is wrong."""
    ratio = element.signals.error_ratio
    if element.reasons and element.reasons[0].signal == "error_ratio" and ratio is not None:
        return f"{name} fails for {percent(ratio)} of requests"
    return f"{name} is {element.health}"


def _well(counts: Counter[Health]) -> str:
    total = counts.total()
    healthy, idle, unknown = counts[Health.HEALTHY], counts[Health.IDLE], counts[Health.UNKNOWN]
    if not total:
        return "No service has been seen in the last hour."
    if healthy == total:
        few = {1: "The only service is", 2: "Both services are"}
        return f"{few.get(total, f'All {total:,} services are')} healthy."
    if not healthy and not unknown:
        return f"No request in this window; {counted(total, 'service')} {_are(total)} idle."
    rest = [f"{counted(n, 'service')} {_are(n)} {health}" for n, health in ((idle, "idle"), (unknown, "unknown")) if n]
    return f"{sentence(counted(healthy, 'service'))} {_are(healthy)} healthy, {listed(rest)}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _starts_text(starts: tuple[Start, ...], trouble: tuple[Node, ...]) -> str:
    if not starts:
        return ""
    first = starts[0]
    if len(starts) > 1:
        return f"It starts at {_several([start.node.id for start in starts])}."
    if first.edge is not None:
        return f"It starts at the call {first.edge.source} → {first.edge.target}."
    if first.node is trouble[0]:
        return f"It starts there: nothing it calls is {first.node.health}."
    return f"It starts at {first.node.id}."


def _hurt_text(hurt: tuple[Hurt, ...]) -> str:
    if not hurt:
        return ""
    names = [f"{one.node.id} ({percent(one.share)} of its requests)" for one in hurt]
    return f"Hurt by it: {_several(names)}."


def _several(names: list[str]) -> str:
    """At most three by name, the rest as a number."""
    if len(names) <= _NAMED:
        return listed(names)
    return listed([*names[:_NAMED], counted(len(names) - _NAMED, "other")])


def _proof(starts: tuple[Start, ...], calls: tuple[Edge, ...]) -> str:
    """The first reason of where it starts, with whose it is; of the worst call where every node is well."""
    if starts:
        reasons = [f"{start.node.id}: {start.node.reasons[0].text}" for start in starts[:1] if start.node.reasons]
        return reasons[0] if reasons else ""
    return f"{calls[0].source} → {calls[0].target}: {calls[0].reasons[0].text}" if calls and calls[0].reasons else ""
