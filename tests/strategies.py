"""Hypothesis strategies: random forests of spans in normal form, hostile enough to meet every rule of the fold, and
points of counters as bad as senders make them."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.build import T0, unix_ns
from tests.plain import counters as counter_points
from tests.plain.normal import NormalSpan

NODES = ("shop/web", "shop/cart", "pay/cart", "edge/gw", "-/solo", "east:shop/cart")
_PEERS = (
    ("", "", "none"),
    ("cart", "", "service"),
    ("cart", "shop", "service"),
    ("web", "", "external"),
    ("nobody", "", "service"),
    ("mail.example.com", "", "external"),
    ("cart.shop", "", "external"),
    ("solo", "", "service"),
    ("redis", "", "cache"),
    ("kafka/orders", "", "queue"),
    ("orders", "data", "database"),
    ("localhost", "", "service"),
)
_SAID = (
    (0, -1, "", 0),
    (0, -1, "", 2),
    (200, -1, "", 0),
    (200, 0, "", 0),
    (200, 14, "UF", 2),
    (503, -1, "UF,URX", 2),
    (504, -1, "UT", 2),
    (0, -1, "DC", 0),
    (404, -1, "", 2),
    (429, -1, "RL", 0),
    (403, -1, "", 0),
    (503, -1, "FI", 2),
)


@st.composite
def span(draw: st.DrawFn, others: int) -> NormalSpan:
    """One of trace 1 or 2. Its parent is mostly one of `others` spans, sometimes nobody, itself or not stored."""
    bucket = draw(st.sampled_from((0, 0, 0, 10, 10, 20, 60)))
    ts = unix_ns(T0) + (bucket * 1000 + draw(st.integers(0, 9999))) * 1_000_000
    code, grpc, flags, status = draw(st.sampled_from(_SAID))
    peer, peer_ns, peer_kind = draw(st.sampled_from(_PEERS))
    role = draw(
        st.sampled_from(("in",) * 5 + ("out",) * 5 + ("local",) * 2 + ("relay", "send", "process", "receive", "auto"))
    )
    return NormalSpan(
        bucket=int(T0.timestamp()) + bucket,
        ts=ts,
        duration=draw(st.sampled_from((0, 1, 999_999, 1_000_000, 2_000_000, 12_345_678, 10**13))),
        late=draw(st.sampled_from((False,) * 9 + (True,))),
        trace_id=draw(st.sampled_from((b"trace-1".ljust(16), b"trace-2".ljust(16)))),
        span_id=draw(st.integers(1, max(1, others))),
        parent_id=draw(st.one_of(st.just(0), *[st.integers(1, max(1, others + 1))] * 5)),
        node=draw(st.sampled_from(NODES[:3] * 3 + NODES)),
        version=draw(st.sampled_from(("", "v1", "v2"))),
        instance=draw(st.sampled_from(("", "a", "b"))),
        role=role,
        proxy=role == "auto" or draw(st.booleans()),
        kind=draw(st.integers(0, 5)),
        operation=draw(st.sampled_from(("GET /", "GET /x", ""))),
        protocol=draw(st.sampled_from(("", "http", "grpc"))),
        status=status,
        code=code,
        grpc=grpc,
        flags=flags,
        arrived=draw(st.sampled_from((-1, 0, 1))),
        peer=peer,
        peer_ns=peer_ns,
        peer_kind=peer_kind,
        tls=draw(st.sampled_from(("unknown", "unknown", "mutual", "plain"))),
        weight=draw(st.sampled_from((1.0, 1.0, 4.0, 2.5))),
    )


@st.composite
def forests(draw: st.DrawFn, most: int = 14) -> list[NormalSpan]:
    """Up to `most` spans whose ids are mostly, not always, their own; some sent twice."""
    count = draw(st.integers(1, most))
    spans = [draw(span(count)) for _ in range(count)]
    own = draw(st.booleans())
    if own:
        spans = [replace(s, span_id=i + 1) for i, s in enumerate(spans)]
    return spans + [s for s in spans if draw(st.integers(0, 7)) == 0]


@st.composite
def counters(draw: st.DrawFn) -> list[counter_points.Point]:
    """Points of a few series of two senders, as bad as they come: late flushes, gaps, resets, markers, starts that move
    or are wrong, points sent twice or with another value, two writers on one series."""
    points: list[counter_points.Point] = []
    begin = unix_ns(T0) // 1_000_000
    for sender in (1, 2):
        interval = draw(st.sampled_from((3_000, 5_000, 15_000, 60_000)))
        flushes, at = [], begin + draw(st.integers(0, 20)) * 1_000
        for _ in range(draw(st.integers(2, 14))):
            at += draw(st.sampled_from((interval,) * 8 + (interval + 700, 2 * interval, 100_000, 400_000, 650_000)))
            flushes.append(at)
        for n in range(draw(st.integers(1, 3))):
            points += _series(draw, sender, sender * 10 + n, flushes)
    return draw(st.permutations(points + [p for p in points if draw(st.integers(0, 9)) == 0]))


def _series(draw: st.DrawFn, sender: int, series: int, flushes: list[int]) -> list[counter_points.Point]:
    form = draw(st.sampled_from(("cumulative", "cumulative", "cumulative", "delta", "gauge")))
    histogram = form != "gauge" and draw(st.booleans())
    writers = [[0, 0, 0, 0], [draw(st.sampled_from((0, 300))), 0, 0, 0]]
    two = form == "cumulative" and draw(st.integers(0, 4)) == 0
    start = flushes[0] - draw(st.sampled_from((2_000, 30_000, 90_000, 10**7)))
    told = draw(st.booleans())
    found: list[counter_points.Point] = []
    for i, at in enumerate(flushes):
        happens = draw(st.sampled_from(("grows",) * 8 + ("stays", "resets", "moves its start", "is silent", "ends")))
        if i == 0 and draw(st.booleans()):
            continue
        counts = writers[i % 2 if two else 0]
        if happens in ("resets", "moves its start"):
            start = at - draw(st.sampled_from((0, 100, 2_000)))
        if happens == "resets" or form == "delta":
            counts[:] = [0, 0, 0, 0]
        if happens not in ("stays", "ends"):
            for bucket in range(4):
                counts[bucket] += draw(st.sampled_from((0, 0, 1, 2, 7, 40)))
        if happens == "is silent":
            continue
        own = found[-1].at if form == "delta" and found else start
        found.append(
            counter_points.Point(
                sender=sender,
                series=series,
                at=at + draw(st.sampled_from((0, 0, 0, 0, 40))),
                value=sum(counts),
                form=form,
                start=own if told else 0,
                buckets=tuple(counts) if histogram else (),
                ended=happens == "ends" and form != "delta",
            )
        )
    return found
