"""Where the time went, in words: a drawing and the sentence."""

import pytest

from telemetry.traces.critical_path import critical_path
from telemetry.traces.slowest import slowest
from tests.telemetry.traces.drawn import MS, drawn


@pytest.mark.parametrize(
    ("text", "ms", "said"),
    [
        pytest.param("in a/a app 0-100 #here", 100, "100 ms of 100 ms were spent in a/a itself", id="one span"),
        pytest.param(
            "in a/a app 0-182\n  out a/a app 10-150\n    in a/b app 20-140 #here",
            120,
            "120 ms of 182 ms were spent in a/b itself",
            id="the called service",
        ),
        pytest.param(
            "in a/a app 0-2000\n  out a/a app 10-1990 peer=postgresql #here",
            1980,
            "1.98 s of 2.00 s were spent in a/a waiting for postgresql",
            id="a call of what sends no spans",
        ),
        pytest.param(
            "in a/a app 0-100\n  out a/a app 10-90 #here\n    in a/b app 15-25",
            70,
            "70 ms of 100 ms were spent between a/a and a/b: in the network, proxies or queues",
            id="on the way",
        ),
        pytest.param(
            "in a/a app 0-100\n" + "".join(f"  out a/a app {n}-{n + 9.5} peer=redis op=GET\n" for n in range(0, 90, 10))
            + "  out a/a app 90-99.6 peer=redis op=GET #here",
            95.1,
            "95 ms of 100 ms were spent in a/a waiting for redis, over ten calls of GET",
            id="many that are alike, the longest of them",
        ),
        pytest.param(
            "send a/a app 0-10\n  process a/b app 300-400 op=process_orders #here",
            290,
            "290 ms of 400 ms were spent waiting for a/b to begin process orders",
            id="in a queue",
        ),
        pytest.param(
            "out a/a envoy 0-300 200 DI #here\n  in a/b app 290-299",
            291,
            "291 ms of 300 ms were spent in a/a's own proxy: a delay was injected on purpose (DI)",
            id="an injected delay",
        ),
        pytest.param(
            "in a/b envoy 0-100 #here\n  in a/b app 60-90",
            70,
            "70 ms of 100 ms were spent in a/b's own proxy",
            id="a proxy",
        ),
        pytest.param(
            "in e/gw gateway 0-100 #here\n  out e/gw gateway 90-99",
            91,
            "91 ms of 100 ms were spent in e/gw itself",
            id="a gateway is its own proxy",
        ),
    ],
)  # fmt: skip
def test_where_the_time_went(text: str, ms: float, said: str) -> None:
    found = drawn(text)
    most = slowest(found.trace, critical_path(found.trace))
    assert most is not None
    assert (found.label(most.index), most.ns, most.text) == ("here", round(ms * MS), said)


def test_no_time_no_sentence() -> None:
    found = drawn("in a/a app 5-5")
    assert slowest(found.trace, critical_path(found.trace)) is None
