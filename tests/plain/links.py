"""The slow, obvious twin of how spans are linked and climbed (rollup/links*.sql, auto.sql, ins*.sql, outs*.sql)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.plain.normal import NormalSpan

ROLES = ("local", "in", "out", "relay", "send", "process", "receive", "auto")
DEPTH = 64


@dataclass(eq=False)
class Linked:
    """A span with its parent, once it is known."""

    of: NormalSpan
    role: str
    parent: "Linked | None" = None

    @property
    def lost(self) -> bool:
        """It names a parent that is not stored."""
        return self.parent is None and self.of.parent_id != 0


@dataclass
class Entry:
    """How an `in` span came to its owner: by `entry`, called from `caller`."""

    entry: Linked
    depth: int
    outs: list[Linked]
    caller: Linked | None
    lost: bool


@dataclass
class Outgoing:
    """The call an `out` span belongs to: `path` from its topmost span down to it."""

    path: list[Linked]
    part: bool

    @property
    def top(self) -> Linked:
        return self.path[0]


def once(spans: Iterable[NormalSpan]) -> list[NormalSpan]:
    """Each span once: one sent twice counts as its earliest form. Late spans take no part."""
    kept: dict[tuple[object, ...], NormalSpan] = {}
    for s in spans:
        if s.late:
            continue
        key = (s.bucket, s.trace_id, s.span_id, s.role, s.node)
        if key not in kept or _form(s) < _form(kept[key]):
            kept[key] = s
    return list(kept.values())


def _form(s: NormalSpan) -> tuple[object, ...]:
    return (s.ts, s.duration, s.status, s.code, s.grpc, s.flags, s.parent_id)


def near(one: NormalSpan, other: NormalSpan) -> bool:
    return abs(one.bucket - other.bucket) <= 10


def link(spans: list[NormalSpan]) -> list[Linked]:
    """Give each span its parent, then a role to those that only their parent can tell."""
    linked = [Linked(s, s.role) for s in spans]
    by_id = defaultdict(list)
    for s in linked:
        by_id[s.of.trace_id, s.of.span_id].append(s)
    for s in linked:
        s.parent = _parent(s, by_id)
    roles = {id(s): _role(s) for s in linked}
    for s in linked:
        s.role = roles[id(s)]
    return linked


def _parent(s: Linked, by_id: Mapping[tuple[bytes, int], list[Linked]]) -> Linked | None:
    if s.role == "in":
        shared = [c for c in by_id[s.of.trace_id, s.of.span_id] if c.role == "out" and near(c.of, s.of)]
        if shared:
            return min(shared, key=_order)
    if s.of.parent_id in (0, s.of.span_id):
        return None
    candidates = by_id.get((s.of.trace_id, s.of.parent_id), [])
    return min(candidates, default=None, key=lambda c: (not near(c.of, s.of), _rank(c, s), *_order(c)))


def _rank(candidate: Linked, child: Linked) -> int:
    if candidate.role == "in" and candidate.of.node == child.of.node:
        return 0
    return 1 if candidate.role == "out" else 2


def _order(s: Linked) -> tuple[int, str, int]:
    return (s.of.ts, s.of.node, ROLES.index(s.of.role))


def _role(s: Linked) -> str:
    if s.role != "auto":
        return s.role
    above = s.parent
    for _ in range(DEPTH):
        if above is None or above.of.node != s.of.node or above.role != "auto":
            break
        above = above.parent
    if above is not None and above.of.node == s.of.node and above.role != "auto":
        if above.role == "out":
            return "out"
        if above.of.proxy and s.of.kind not in (2, 5):
            return above.role
    return {2: "in", 5: "in", 3: "out", 4: "out"}.get(s.of.kind, "local")


def enter(s: Linked) -> Entry | None:
    """Climb from an `in` span to where its owner was entered, and over relays to who called. None: a cycle."""
    found = Entry(s, 0, [], None, lost=False)
    here, own = s, True
    for step in range(1, DEPTH + 2):
        up = here.parent
        stays = own and up is not None and up.of.node == s.of.node and not _self_call(found.entry, up)
        if up is None or not (stays or up.role == "relay"):
            found.caller, found.lost = up, here.lost
            return found
        if stays and up.role in ("in", "process", "receive"):
            found.entry, found.depth = up, step
        if stays and up.role == "out":
            found.outs.append(up)
        here, own = up, stays
    return None


def _self_call(entered: Linked, out: Linked) -> bool:
    mine, other = entered.of.instance, out.of.instance
    return out.role == "out" and mine != "" and other != "" and mine != other


def leave(s: Linked) -> Outgoing:
    """Climb from an `out` span to the topmost of its call."""
    path, here = [s], s
    for _ in range(DEPTH):
        up = here.parent
        if up is None or not (up.role == "relay" or (up.of.node == s.of.node and up.role in ("out", "local"))):
            break
        if up.role == "out" and up.of.node == s.of.node:
            path.insert(0, up)
        here = up
    up = here.parent
    return Outgoing(path, up is not None and up.of.node == s.of.node and up.role in ("send", "receive"))
