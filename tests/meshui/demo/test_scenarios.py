"""Each scenario shows in the numbers of the calls it is about within seconds, and steady does not."""

import pytest

from meshui.demo import timeline
from meshui.demo.scenarios import PROBLEMS, SCENARIOS
from tests.meshui.demo import made

STEADY = made.egress(made.spans("steady"))
FIRST_10_S = 10.0


def test_steady_has_few_errors_everywhere() -> None:
    for call, seen in STEADY.items():
        assert seen.failed <= max(2, 0.02 * seen.count), call
    assert STEADY["checkout", "payments.payments"].quantile(0.5) < 350


def test_bad_deploy_fails_a_third_of_carts_requests_all_on_v2() -> None:
    spans = made.spans("bad-deploy", seconds=FIRST_10_S)
    for caller in ("web", "checkout"):
        assert 0.15 < made.egress(spans)[caller, "cart"].failed_ratio < 0.5
    assert made.egress(spans)["web", "cart"].flags["UH"] > 3
    versions = {
        (span.resource.attributes["service.version"], (span.attributes or {})["http.status_code"])
        for span in made.proxies(spans)
        if span.resource.attributes["service.name"] == "cart" and span.name == "ingress"
    }
    assert ("v2", "503") in versions
    assert ("v1", "503") not in versions


def test_slow_database_slows_catalog_and_times_out_at_web() -> None:
    slow = made.egress(made.spans("slow-database"))["web", "catalog"]
    assert slow.quantile(0.5) > 5 * STEADY["web", "catalog"].quantile(0.5)
    assert slow.flags["UT"] > 0
    assert slow.failed_ratio > 0.02


def test_cascading_timeouts_multiply_the_requests_at_ledger() -> None:
    spans = made.spans("cascading-timeouts")
    calls = made.egress(spans)
    attempts = sum(
        1
        for span in made.proxies(spans)
        if span.name == "ingress" and span.resource.attributes["service.name"] == "ledger"
    )
    assert attempts > 1.8 * calls["web", "checkout"].count
    assert calls["payments", "ledger"].flags["UT,URX"] > 10
    assert calls["payments", "ledger"].failed_ratio > 0.3
    assert calls["web", "checkout"].failed_ratio > 0.1
    assert calls["web", "checkout"].quantile(0.5) > 2 * STEADY["web", "checkout"].quantile(0.5)


def test_plaintext_edge_is_one_call_without_mutual_tls() -> None:
    for call, seen in made.egress(made.spans("plaintext-edge", seconds=FIRST_10_S)).items():
        if call in {("reco", "ranker.ml"), ("payments", "api.stripe.com")}:
            assert seen.mutual == 0, call
        else:
            assert seen.mutual == seen.count, call
    assert STEADY["reco", "ranker.ml"].mutual == STEADY["reco", "ranker.ml"].count


def test_traffic_surge_brings_more_requests_than_catalog_has_room_for() -> None:
    surge = made.egress(made.spans("traffic-surge"))["web", "catalog"]
    assert surge.count > 2 * STEADY["web", "catalog"].count
    assert surge.flags["UO"] > 10
    assert surge.quantile(0.5) > 2 * STEADY["web", "catalog"].quantile(0.5)


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_slower_mesh_behaves_alike(name: str) -> None:
    """Capacity grows with the rate: at a quarter of it nothing is missing and nothing new is wrong."""
    few = made.egress(made.spans(name, rate=10.0))
    assert few.keys() == STEADY.keys()


def test_the_cycle_shows_every_problem_and_rests_between() -> None:
    shown = [timeline.cycle(float(second)).name for second in range(900)]
    changes = [name for number, name in enumerate(shown) if number == 0 or shown[number - 1] != name]
    assert changes[:10:2] == ["steady"] * 5
    assert changes[1:10:2] == [each.name for each in PROBLEMS]
    assert shown.index("bad-deploy") <= 20
    assert timeline.cycle(900.0 + timeline.FIRST_PROBLEM_S).name == "bad-deploy"


def test_one_scenario_alone_has_a_steady_past() -> None:
    only = timeline.only(SCENARIOS["slow-database"])
    assert (only(-1.0).name, only(0.0).name, only(5000.0).name) == ("steady", "slow-database", "slow-database")
