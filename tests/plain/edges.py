"""The slow, obvious twin of rollup/*.sql: spans in normal form → calls. Loops over spans; nobody optimises it.

docs/decisions/003-folding.md says each rule in words; here each is a function. Buckets are Unix seconds, times ns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from telemetry.histogram import bin_of
from telemetry.identity import encode
from tests.plain.classes import classify
from tests.plain.links import Entry, Linked, Outgoing, enter, leave, link, near, once
from tests.plain.normal import NormalSpan

T = TypeVar("T")
STORES = ("database", "cache", "queue")
UNKNOWN = "-/unknown"


@dataclass(frozen=True)
class Said:
    """What one side of a call says of how it ended."""

    code: int = 0
    grpc: int = -1
    flags: frozenset[str] = frozenset()
    status: int = 0

    @property
    def label(self) -> str:
        return f"grpc:{self.grpc}" if self.grpc >= 0 else str(self.code) if self.code else ""

    def judged(self, *, server: bool) -> str:
        return classify(self.code, self.grpc, self.flags, self.status, server=server)


@dataclass(frozen=True)
class Call:
    """One request that arrived, or that nobody answered: a row of fold_calls."""

    bucket: int
    ts: int
    trace_id: bytes
    source: str
    target: str
    protocol: str
    source_kind: str
    target_kind: str
    weight: float
    edge: bool
    last: bool
    edge_class: str
    edge_code: str
    edge_flags: frozenset[str]
    edge_bin: int | None
    node: bool
    answered: bool
    callee_class: str
    node_code: str
    node_flags: frozenset[str]
    node_bin: int | None
    tls: str
    reached: bool
    version: str = ""
    instance: str = ""
    operation: str = ""


@dataclass
class Fold:
    """`gateways`: every owner that sent spans → whether it is a gateway. `settled`: the newest bucket that is final."""

    owners: Mapping[str, bool]
    settled: int
    calls: list[Call] = field(default_factory=list)

    def kind(self, node: str) -> str:
        return "unknown" if node == UNKNOWN else "gateway" if self.owners.get(node) else "service"


def fold(spans: Iterable[NormalSpan], owners: Mapping[str, bool], settled: int) -> list[Call]:
    """Every call of these spans."""
    linked = link(once(spans))
    folding = Fold(owners, settled)
    ins = {id(s): enter(s) for s in linked if s.role == "in"}
    outs = {id(s): leave(s) for s in linked if s.role == "out"}
    _arrivals(folding, linked, ins, outs)
    _unanswered(folding, linked, ins, outs)
    _messages(folding, linked)
    return folding.calls


def says(s: NormalSpan, without: frozenset[str] = frozenset()) -> bool:
    return s.code != 0 or s.grpc >= 0 or bool(flags_of(s) - without)


def flags_of(s: NormalSpan) -> frozenset[str]:
    return frozenset(f for f in s.flags.split(",") if f)


def _first(spans: Iterable[NormalSpan], of: Callable[[NormalSpan], T], nothing: T) -> T:
    return next((of(s) for s in spans if of(s) != nothing), nothing)


def _said(spans: list[NormalSpan], status: int, without: frozenset[str] = frozenset()) -> Said:
    """The first, from the top down, that says how it ended; the flags of all."""
    first = next((s for s in spans if says(s, without)), None)
    flags = frozenset[str]().union(*(flags_of(s) for s in spans)) - without
    return Said(first.code if first else 0, first.grpc if first else -1, flags, status)


def _tls(spans: Iterable[NormalSpan]) -> str:
    seen = {s.tls for s in spans}
    return "mutual" if "mutual" in seen else "plain" if "plain" in seen else "unknown"


def _bin(s: NormalSpan) -> int:
    return bin_of(s.duration / 1e6)


def _arrivals(
    folding: Fold, linked: list[Linked], ins: Mapping[int, Entry | None], outs: Mapping[int, Outgoing]
) -> None:
    receivers = [s for s in linked if (e := ins.get(id(s))) is not None and e.entry is s]
    tops = {id(r): outs[id(c)].top for r in receivers if (c := _entry(ins, r).caller) and c.role == "out"}
    for r in receivers:
        entry, inner = _entry(ins, r), _inner(r, linked, ins)
        chain = [r.of, *(s.of for s in inner)]
        out = outs[id(entry.caller)] if id(r) in tops and entry.caller else None
        later = [
            other
            for other in receivers
            if id(r) in tops
            and tops.get(id(other)) is tops[id(r)]
            and other.of.node == r.of.node
            and _time(other) > _time(r)
            and other.of.bucket - r.of.bucket <= 10
        ]
        _arrival(folding, r.of, chain, entry, out, last=not later)


def _entry(ins: Mapping[int, Entry | None], s: Linked) -> Entry:
    found = ins[id(s)]
    assert found is not None
    return found


def _time(s: Linked) -> tuple[int, int]:
    return (s.of.ts, s.of.span_id)


def _inner(r: Linked, linked: list[Linked], ins: Mapping[int, Entry | None]) -> list[Linked]:
    """The other `in` spans of one delivery, from the top down."""
    below = []
    for s in linked:
        entry = ins.get(id(s))
        if s is not r and entry is not None and entry.entry is r and not entry.outs and near(s.of, r.of):
            below.append((entry.depth, -s.of.ts, -s.of.span_id, s))
    return [s for *_, s in sorted(below, key=lambda found: found[:3])]


def _arrival(
    folding: Fold, r: NormalSpan, chain: list[NormalSpan], entry: Entry, out: Outgoing | None, *, last: bool
) -> None:
    path = [s.of for s in out.path] if out else []
    caller = _said(path, path[0].status) if path else Said()
    speaks = caller != Said()
    left = frozenset({"DC", "DR"})
    stays = speaks and caller.judged(server=False) != "cancelled"
    status = 2 if any(s.status == 2 for s in chain[1:]) else r.status
    callee = _said(chain, status, left if stays else frozenset())
    callee_class = callee.judged(server=True)
    both = Said(caller.code, caller.grpc, caller.flags | callee.flags, caller.status)
    source = _source(folding, r, entry)
    withheld = source == UNKNOWN and entry.lost and r.bucket > folding.settled
    apps = [s for s in chain[1:] if not s.proxy]
    folding.calls.append(
        Call(
            bucket=r.bucket,
            ts=r.ts,
            trace_id=r.trace_id,
            source=source,
            target=r.node,
            protocol=_first([*chain, *path], lambda s: s.protocol, ""),
            source_kind=folding.kind(source),
            target_kind=folding.kind(r.node),
            weight=r.weight,
            edge=source != "" and not withheld,
            last=last,
            edge_class=both.judged(server=False) if speaks else callee_class,
            edge_code=caller.label if speaks else callee.label,
            edge_flags=both.flags,
            edge_bin=_bin(path[0]) if path else None,
            node=True,
            answered=True,
            callee_class=callee_class,
            node_code=callee.label,
            node_flags=callee.flags,
            node_bin=_bin(r),
            tls=_tls([*path, *chain]),
            reached=True,
            version=_first(chain, lambda s: s.version, ""),
            instance=_first(chain, lambda s: s.instance, ""),
            operation=apps[0].operation if r.proxy and apps and apps[0].operation else r.operation,
        )
    )


def _source(folding: Fold, r: NormalSpan, entry: Entry) -> str:
    if entry.caller is not None:
        return entry.caller.of.node
    if r.peer_kind == "service" and r.peer_ns:
        named = _home(r.peer_ns, r.peer)
        named = f"{_cluster(r.node)}{named}"
        if named in folding.owners:
            return named
    if not entry.lost and folding.owners.get(r.node):
        return ""
    return UNKNOWN


def _cluster(node: str) -> str:
    return node[: node.index(":") + 1] if ":" in node else ""


def _home(namespace: str, name: str) -> str:
    return f"{encode(namespace) or '-'}/{encode(name)}"


def _unanswered(
    folding: Fold, linked: list[Linked], ins: Mapping[int, Entry | None], outs: Mapping[int, Outgoing]
) -> None:
    answered = set()
    for s in linked:
        entry = ins.get(id(s))
        if entry is None:
            continue
        if entry.entry is s and entry.caller is not None and entry.caller.role == "out":
            answered.add(id(outs[id(entry.caller)].top))
        answered |= {id(outs[id(o)].top) for o in entry.outs if near(s.of, outs[id(o)].top.of)}
    for t in linked:
        if t.role == "out" and outs[id(t)].top is t and not outs[id(t)].part and id(t) not in answered:
            below = [
                (len(o.path) - 1, -s.of.ts, -s.of.span_id, s.of)
                for s in linked
                if s.role == "out" and (o := outs[id(s)]).top is t and s is not t and near(s.of, t.of)
            ]
            _unheard(folding, t.of, sorted(below, key=lambda found: found[:3]))


def _unheard(folding: Fold, t: NormalSpan, below: list[tuple[int, int, int, NormalSpan]]) -> None:
    whole = [t, *(s for *_, s in below)]
    innermost = [s for *_, s in sorted(below, key=lambda found: (-found[0], *found[1:3]))]
    named = next((s for s in (*innermost, t) if s.peer and s.peer_kind != "none"), None)
    if named is None:
        return
    store = named.peer_kind in STORES
    if named.peer in ("localhost", "127.0.0.1", "::1") and not store:
        return
    service = None if store else _service(folding, t.node, named)
    said = _said(whole, t.status)
    edge = store or service is not None or t.bucket <= folding.settled
    stayed = service is not None and bool(said.flags & {"RL", "UAEX", "FI", "IH", "NR"})
    verdict = said.judged(server=False)
    folding.calls.append(
        Call(
            bucket=t.bucket,
            ts=t.ts,
            trace_id=t.trace_id,
            source=t.node,
            target=service or _home(named.peer_ns, named.peer),
            protocol=_first(whole, lambda s: s.protocol, ""),
            source_kind=folding.kind(t.node),
            target_kind=named.peer_kind if store else folding.kind(service) if service else "external",
            weight=t.weight,
            edge=edge,
            last=True,
            edge_class=verdict,
            edge_code=said.label,
            edge_flags=said.flags,
            edge_bin=_bin(t),
            node=edge and not stayed,
            answered=False,
            callee_class=verdict,
            node_code=said.label,
            node_flags=said.flags,
            node_bin=None if service else _bin(t),
            tls=_tls(whole),
            reached=_first(whole, lambda s: s.arrived, -1) != 0,
        )
    )


def _service(folding: Fold, caller: str, named: NormalSpan) -> str | None:
    """The service that a name means to a caller, if it is one that sends spans."""
    home = _home(named.peer_ns, named.peer)
    if named.peer_ns:
        return next((node for node in (_cluster(caller) + home, home) if node in folding.owners), None)
    beside = f"{caller.partition('/')[0]}/{encode(named.peer)}"
    if beside in folding.owners:
        return beside
    service, dot, namespace = named.peer.partition(".")
    dotted = f"{_cluster(caller)}{encode(namespace)}/{encode(service)}"
    if dot and "." not in namespace and dotted in folding.owners:
        return dotted
    same = [node for node in folding.owners if node.partition("/")[2] == encode(named.peer)]
    return same[0] if len(same) == 1 else None


def _messages(folding: Fold, linked: list[Linked]) -> None:
    processed = {(s.of.node, s.of.peer_ns, s.of.peer, s.of.bucket) for s in linked if s.role == "process"}
    for s in linked:
        around = {(s.of.node, s.of.peer_ns, s.of.peer, s.of.bucket + d) for d in (-10, 0, 10)}
        if s.role in ("send", "process") or (s.role == "receive" and not around & processed):
            _message(folding, s.of, sends=s.role == "send")


def _message(folding: Fold, s: NormalSpan, *, sends: bool) -> None:
    queue = _home(s.peer_ns, s.peer) if s.peer else ""
    said = Said(s.code, s.grpc, flags_of(s), s.status)
    verdict, owner = said.judged(server=not sends), folding.kind(s.node)
    folding.calls.append(
        Call(
            bucket=s.bucket,
            ts=s.ts,
            trace_id=s.trace_id,
            source=s.node if sends else queue,
            target=queue if sends else s.node,
            protocol=s.protocol or "messaging",
            source_kind=owner if sends else "queue",
            target_kind="queue" if sends else owner,
            weight=s.weight,
            edge=queue != "",
            last=True,
            edge_class=verdict,
            edge_code=said.label,
            edge_flags=said.flags,
            edge_bin=_bin(s),
            node=queue != "" or not sends,
            answered=not sends,
            callee_class=verdict,
            node_code=said.label,
            node_flags=said.flags,
            node_bin=_bin(s),
            tls=s.tls,
            reached=s.arrived != 0,
            version="" if sends else s.version,
            instance="" if sends else s.instance,
            operation="" if sends else s.operation,
        )
    )
