"""Verdicts and their sentences: one row a situation."""

from dataclasses import replace

import pytest
from hypothesis import given

from telemetry.graph.element import Health
from telemetry.graph.snapshot import Graph
from telemetry.health.judge import judge, verdict
from telemetry.health.thresholds import DEFAULTS, Scope, Threshold, Thresholds
from telemetry.signals import Counts, Signals, signals
from tests.graphs import any_graph, edge, graph, judged, node

FAILING, DEGRADED, HEALTHY, IDLE, UNKNOWN = Health.FAILING, Health.DEGRADED, Health.HEALTHY, Health.IDLE, Health.UNKNOWN


def health_of(failures: float, requests: float) -> tuple[Health, list[str]]:
    counts = Counts(requests, failures)
    health, reasons = verdict(counts, signals(counts, 60), DEFAULTS)
    return health, [reason.text for reason in reasons]


@pytest.mark.parametrize(
    ("failures", "requests", "health", "text"),
    [
        pytest.param(
            2, 3, HEALTHY, "Two failures of three requests: too few to judge (between 21 and 94 %).",
            id="two of three at night is no outage",
        ),
        pytest.param(
            1, 1, HEALTHY, "One failure of one request: too few to judge (between 21 and 100 %).",
            id="the only request failed",
        ),
        pytest.param(
            1, 50, HEALTHY, "One failure of 50 requests: too few to judge (between 0.4 and 10 %).",
            id="one of fifty may be nothing",
        ),
        pytest.param(
            3, 3, FAILING, "100 % of requests fail, between 44 and 100 %, threshold 5 %.", id="all of three fail",
        ),
        pytest.param(
            5, 10, FAILING, "50 % of requests fail, between 24 and 76 %, threshold 5 %.", id="half of ten fail",
        ),
        pytest.param(
            940, 3032, FAILING, "31 % of requests fail, between 29.4 and 32.7 %, threshold 5 %.", id="a third of many",
        ),
        pytest.param(
            30, 1000, DEGRADED, "3 % of requests fail, between 2.1 and 4.3 %, threshold 1 %.", id="the lower level",
        ),
        pytest.param(
            60, 1000, DEGRADED, "6 % of requests fail, between 4.7 and 7.6 %, threshold 1 %.",
            id="the ratio is over the upper level, its lower end is not",
        ),
        pytest.param(
            1200, 100_000, DEGRADED, "1.2 % of requests fail, between 1.1 and 1.3 %, threshold 1 %.", id="sure of it",
        ),
    ],
)  # fmt: skip
def test_error_ratio_by_its_lower_end(failures: float, requests: float, health: Health, text: str) -> None:
    assert health_of(failures, requests) == (health, [text])


@pytest.mark.parametrize("requests", range(7, 40))
def test_from_seven_requests_on_half_of_them_failing_is_an_outage(requests: int) -> None:
    assert health_of(requests / 2, requests)[0] is FAILING


@pytest.mark.parametrize(("failures", "requests"), [(0, 1000), (9, 1000), (0, 1)])
def test_below_every_level_there_is_nothing_to_say(failures: float, requests: float) -> None:
    assert health_of(failures, requests) == (HEALTHY, [])


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"codes": {"200": 69, "503": 31}, "flags": {"UH": 31}}, " (503, no healthy upstream)"),
        ({"codes": {"503": 31}, "flags": {"UF,URX": 31}}, " (503, connection failed)"),
        ({"codes": {"504": 20, "503": 11}, "flags": {"UT": 20, "UO": 11}}, " (504, timed out)"),
        ({"codes": {"200": 100, "grpc:14": 31, "grpc:0": 69}}, " (gRPC 14, unavailable)"),
        ({"codes": {"500": 11, "502": 10, "503": 10}}, ""),
        ({"codes": {"404": 60, "500": 31}}, " (500)"),
        ({"flags": {"URX": 31, "UC": 31}}, " (connection closed by upstream)"),
        ({"codes": {"200": 100}, "flags": {"DC": 40}}, ""),
    ],
)
def test_what_most_failures_share_is_named(counts: dict[str, dict[str, float]], why: str) -> None:
    (one,) = judged(node("shop/cart", 100, 31, **counts)).nodes()
    assert one.reasons[0].text == f"31 % of requests fail{why}, between 23 and 41 %, threshold 5 %."


@pytest.mark.parametrize(
    ("counts", "health", "text"),
    [
        pytest.param(Counts(), IDLE, "No request in the window.", id="idle"),
        pytest.param(
            Counts(5, cancelled=5), UNKNOWN, "Every request was cancelled. Nothing says how they would end.",
            id="only cancelled",
        ),
        pytest.param(Counts(connections=3), UNKNOWN, "Connections only. Nothing says how they would end.", id="TCP"),
    ],
)  # fmt: skip
def test_nothing_to_judge(counts: Counts, health: Health, text: str) -> None:
    rows = replace(node("shop/cart"), counts=counts), node("shop/web", 1)
    (call,) = judged(*rows, replace(edge("shop/web→shop/cart"), counts=counts)).edges()
    cart = judged(*rows).node("shop/cart")
    assert cart is not None
    for element in (cart, call):
        assert (element.health, [reason.text for reason in element.reasons]) == (health, [text])


def test_who_only_calls_others_is_seen_but_not_judged() -> None:
    seen = judged(node("shop/cart", 100), edge("-/unknown→shop/cart", 100))
    unknown = seen.node("-/unknown")
    assert unknown is not None
    assert (unknown.kind, unknown.health) == ("unknown", UNKNOWN)


def test_cancelled_requests_count_neither_way() -> None:
    (one,) = judged(node("shop/cart", 1000, 60, cancelled=900)).nodes()
    assert (one.health, one.signals.error_ratio) == (FAILING, 0.6)


def test_client_errors_are_kept_apart_unless_a_threshold_counts_them() -> None:
    row = node("shop/cart", 100, 0, client_errors=40, codes={"404": 40, "200": 60})
    counting = Threshold(Scope.SERVICE, "shop/cart", "error_ratio", 0.01, 0.05, count_client_errors=True)
    (plain,), (strict,) = judged(row).nodes(), judged(row, thresholds=Thresholds([counting])).nodes()
    assert (plain.health, plain.reasons) == (HEALTHY, ())
    assert (strict.health, strict.reasons[0].text) == (
        FAILING,
        "40 % of requests fail (404), between 31 and 50 %, threshold 5 %.",
    )


@pytest.mark.parametrize(
    ("signal", "value", "health", "text"),
    [
        ("saturation", 0.79, HEALTHY, None),
        ("saturation", 0.8, DEGRADED, "Saturation is 0.8, threshold 0.8."),
        ("saturation", 1.0, FAILING, "Saturation is 1, threshold 1."),
        ("p95_ms", 299.0, HEALTHY, None),
        ("p95_ms", 481.0, DEGRADED, "p95 is 481 ms, threshold 300 ms."),
        ("p95_ms", 1240.0, FAILING, "p95 is 1.24 s, threshold 1.00 s."),
        ("retry_ratio", 0.3, DEGRADED, "30 % of requests are tried again, threshold 20 %."),
        ("p99_ms", 9000.0, HEALTHY, None),
    ],
)
def test_other_signals_by_their_value(signal: str, value: float, health: Health, text: str | None) -> None:
    rows = (
        *DEFAULTS,
        Threshold(Scope.MESH, "*", "p95_ms", 300, 1000),
        Threshold(Scope.MESH, "*", "retry_ratio", 0.2, None),
    )
    found, reasons = verdict(Counts(100), Signals(**{signal: value}), rows)
    assert (found, [reason.text for reason in reasons]) == (health, [] if text is None else [text])


def test_the_worst_threshold_decides_and_speaks_first() -> None:
    health, reasons = verdict(Counts(1000, 500), Signals(error_ratio=0.5, saturation=0.9), reversed(DEFAULTS))
    assert (health, [reason.signal for reason in reasons]) == (FAILING, ["error_ratio", "saturation"])


def test_a_node_is_judged_by_what_it_received_and_a_call_by_what_its_caller_saw() -> None:
    seen = judged(node("shop/web", 100), node("shop/cart", 100), edge("shop/web→shop/cart", 100, 50))
    assert [one.health for one in seen.nodes()] == [HEALTHY, HEALTHY]
    assert [one.health for one in seen.edges()] == [FAILING]


@given(any_graph())
def test_judging_twice_is_judging_once_and_unwell_has_a_reason(some: Graph) -> None:
    again = judge(some, Thresholds())
    assert list(again.nodes()) == list(some.nodes())
    assert list(again.edges()) == list(some.edges())
    for element in (*some.nodes(), *some.edges()):
        assert element.health is HEALTHY or element.reasons


@given(any_graph())
def test_without_a_failure_only_what_is_full_is_unwell(some: Graph) -> None:
    for element in (*some.nodes(), *some.edges()):
        full = (element.counts.saturation or 0) >= 0.8
        assert element.counts.failures > 0 or full or element.health not in (FAILING, DEGRADED)


def test_the_graph_given_is_left_as_it_was() -> None:
    before = graph(node("shop/cart", 100, 50))
    judge(before, Thresholds())
    assert [one.health for one in before.nodes()] == [UNKNOWN]
