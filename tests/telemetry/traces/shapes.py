"""Traces of any shape, for properties: cycles, own parents, ids used twice, lost parents, no time at all."""

from hypothesis import strategies as st

from telemetry.span import Span, Trace
from telemetry.traces.assemble import assemble

ROLES = ("in", "out", "local", "relay", "send", "process", "receive", "auto")


@st.composite
def spans(draw: st.DrawFn, most: int = 12) -> list[Span]:
    count = draw(st.integers(1, most))
    return [
        Span(
            span_id=f"{draw(st.integers(1, count)):016x}",
            parent_id=draw(st.one_of(st.none(), st.integers(1, count + 1).map("{:016x}".format))),
            node=draw(st.sampled_from(("a/a", "a/b", "b/a"))),
            role=draw(st.sampled_from(ROLES)),
            kind=draw(st.sampled_from(("internal", "server", "client"))),
            operation=draw(st.sampled_from(("GET /", "GET /x"))),
            name="op",
            start_ns=draw(st.integers(0, 40)) * 1_000_000,
            duration_ns=draw(st.integers(0, 30)) * 1_000_000,
            status=draw(st.sampled_from(("unset", "ok", "error"))),
            code=draw(st.sampled_from((None, 200, 404, 429, 503, 504))),
            grpc=draw(st.sampled_from((None, None, 0, 4, 14))),
            flags=draw(st.sampled_from(((), (), ("UH",), ("UT",), ("DC",), ("UF", "URX"), ("XX",)))),
            instance=draw(st.sampled_from(("", "p", "q"))),
            proxy=draw(st.booleans()),
            arrived=draw(st.sampled_from((-1, 0, 1))),
            peer=draw(st.sampled_from(("", "cart", "b.a"))),
        )
        for _ in range(count)
    ]


def traces() -> st.SearchStrategy[Trace]:
    return spans().map(lambda made: assemble("cd" * 16, made))
