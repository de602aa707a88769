"""One counts, the others add: what a pair's rows say together."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.evidence import Said, truth
from telemetry.signals import Counts


def said(rank: int, requests: float = 10, *, counts: bool = True, protocol: str = "http", **more: object) -> Said:
    return Said(rank, counts, protocol, Counts(requests=requests, **more))  # type: ignore[arg-type]


ISTIO, LOGS, ENVOY, SDK, SPANS = 10, 40, 50, 60, 90


def test_the_only_row_is_the_truth() -> None:
    told = truth([said(SPANS, 3, codes={"200": 3}, attempts=4.0)])
    assert (told.counts.requests, told.counts.codes, told.counts.attempts) == (3, {"200": 3}, 4)
    assert (told.evidence, told.protocols) == (("spans",), ("http",))


def test_words_of_the_ranks() -> None:
    words = {rank: said(rank).word for rank in (ISTIO, 12, LOGS, ENVOY, 52, SDK, SPANS)}
    assert words == {10: "metrics", 12: "metrics", 40: "logs", 50: "stats", 52: "stats", 60: "metrics", 90: "spans"}


def test_only_what_counts_is_counted_and_it_is_named_first() -> None:
    told = truth([said(LOGS, 100, failures=5.0), said(SPANS, 9, counts=False, failures=9.0)])
    assert (told.counts.requests, told.counts.failures) == (100, 5)
    assert told.evidence == ("logs", "spans")


def test_what_counted_one_after_the_other_adds_up() -> None:
    told = truth([said(ISTIO, 60), said(SPANS, 20)])
    assert told.counts.requests == 80


def test_others_add_flags_codes_tries_and_mtls_that_the_truth_does_not_know() -> None:
    stats = said(ENVOY, 100, attempts=120.0)
    spans = said(SPANS, 10, counts=False, flags={"UH": 2.0}, codes={"503": 2.0}, mutual_tls=9.0, reached=10.0)
    told = truth([stats, spans]).counts
    assert (told.flags, told.codes, told.mutual_tls, told.reached) == ({"UH": 2}, {"503": 2}, 9, 10)
    assert told.attempts == 120


def test_what_the_truth_knows_stays() -> None:
    told = truth([said(LOGS, flags={"UO": 1.0}, attempts=11.0), said(SPANS, counts=False, flags={"UH": 3.0})]).counts
    assert (told.flags, told.attempts) == ({"UO": 1}, 11)


def test_tries_of_a_sample_are_scaled_to_the_requests() -> None:
    told = truth([said(ISTIO, 100), said(SPANS, 10, counts=False, attempts=12.0)]).counts
    assert told.attempts == 120


def test_latency_of_histograms_then_whole_spans_then_logs_then_cluster_stats() -> None:
    def bins(of: int) -> dict[int, float]:
        return {of: 1.0}

    logs = said(LOGS, 100, latency=bins(2))
    sampled = said(SPANS, 10, counts=False, latency=bins(3))
    whole = said(SPANS, 98, counts=False, latency=bins(3))
    stats = said(ENVOY, 100, counts=False, latency=bins(4))
    assert truth([said(ISTIO, 100, latency=bins(1)), whole]).counts.latency == bins(1)
    assert truth([logs, whole, stats]).counts.latency == bins(3)
    assert truth([logs, sampled, stats]).counts.latency == bins(2)
    assert truth([said(ENVOY, 100, latency=bins(4)), sampled]).counts.latency == bins(4)


def test_saturation_is_the_worst_that_anybody_knows() -> None:
    told = truth([said(LOGS, saturation=0.2), said(ENVOY, counts=False, saturation=1.0, ejected=0.5)]).counts
    assert (told.saturation, told.ejected) == (1.0, 0.5)


def test_the_callee_comes_from_who_counts_and_else_from_who_knows() -> None:
    metrics = Said(ISTIO, True, "http", Counts(requests=10), Counts())
    spans = Said(SPANS, False, "http", Counts(requests=5), Counts(requests=4))
    assert truth([metrics, spans]).callee.requests == 4


def test_the_protocol_with_most_requests_names_the_pair_tcp_only_if_alone() -> None:
    told = truth([said(LOGS, 2, protocol="grpc"), said(LOGS, 0, protocol="tcp"), said(LOGS, 5)])
    assert told.protocols == ("http", "grpc", "tcp")
    assert truth([said(LOGS, 0, protocol="tcp"), said(SPANS, 3, counts=False, protocol="http")]).protocols == ("tcp",)


rows = st.lists(
    st.builds(
        lambda rank, counts, protocol, n, flags: said(
            rank, n, counts=counts, protocol=protocol, flags={"UH": flags} if flags else {}
        ),
        st.sampled_from([ISTIO, LOGS, ENVOY, SDK, SPANS]),
        st.booleans(),
        st.sampled_from(["http", "grpc", "tcp"]),
        st.integers(0, 50).map(float),
        st.integers(0, 3).map(float),
    ),
    min_size=2,
    max_size=8,
)


@given(rows)
def test_requests_are_those_of_the_rows_that_count_in_any_order(told: list[Said]) -> None:
    counted = sum(one.numbers.requests for one in told if one.counts)
    assert truth(told).counts.requests == counted
    assert truth(told[::-1]).counts == truth(told).counts
