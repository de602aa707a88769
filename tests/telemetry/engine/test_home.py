"""Services of the home cluster have no cluster in their ids, those of any other have, whatever signal names it."""

from datetime import timedelta
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.home import learn_home
from telemetry.rollup.metrics import read_series
from tests.build import T0, counter, load, log, logs, metrics, point, resource, span, traces

HOME = "eu-1"


@pytest.fixture
def home(engine: EmbeddedEngine) -> EmbeddedEngine:
    learn_home(engine, HOME)
    return engine


CLUSTERS = [
    pytest.param(HOME, "shop/cart", id="home"),
    pytest.param("Kubernetes", "shop/cart", id="as Istio calls every cluster"),
    pytest.param("", "shop/cart", id="not said"),
    pytest.param("us-1", "us-1:shop/cart", id="another"),
    pytest.param("EU-1", "EU-1:shop/cart", id="names compare case-sensitively"),
]


@pytest.mark.parametrize(("cluster", "node"), CLUSTERS)
def test_spans(home: EmbeddedEngine, tmp_path: Path, cluster: str, node: str) -> None:
    load(home, tmp_path, traces(resource("cart", cluster=cluster, namespace="shop"), span()))
    assert home.query("SELECT node FROM spans") == [{"node": node}]
    assert home.query("SELECT node FROM services") == [{"node": node}]


@pytest.mark.parametrize(("cluster", "node"), CLUSTERS)
def test_access_logs(home: EmbeddedEngine, tmp_path: Path, cluster: str, node: str) -> None:
    record = log(attributes={"response_flags": "-", "response_code": "200", "traffic_direction": "inbound"})
    load(home, tmp_path, logs(resource("cart", cluster=cluster, namespace="shop"), record))
    assert home.query("SELECT node FROM access") == [{"node": node}]


def told(engine: EmbeddedEngine, folder: Path, cluster: str) -> tuple[str, str]:
    """Whom a metric names as caller and called."""
    said = {
        "reporter": "source",
        "source_canonical_service": "cart",
        "source_workload_namespace": "shop",
        "source_cluster": HOME,
        "destination_service_name": "cart",
        "destination_service_namespace": "shop",
        "destination_cluster": cluster,
    }
    load(
        engine,
        folder,
        metrics(resource("mesh", instance="i"), counter("istio_requests_total", point(1.0, attributes=said))),
    )
    read_series(engine, T0, T0 + timedelta(seconds=10))
    (row,) = engine.query("SELECT source, target FROM readings FINAL")
    return row["source"], row["target"]


@pytest.mark.parametrize(("cluster", "node"), CLUSTERS)
def test_metrics(home: EmbeddedEngine, tmp_path: Path, cluster: str, node: str) -> None:
    assert told(home, tmp_path, cluster) == ("shop/cart", node)


def test_without_a_name_only_the_literal_is_home(engine: EmbeddedEngine, tmp_path: Path) -> None:
    assert told(engine, tmp_path, "Kubernetes") == (f"{HOME}:shop/cart", "shop/cart")


def test_another_name_stands_in_place_of_the_one_before(home: EmbeddedEngine, tmp_path: Path) -> None:
    assert told(home, tmp_path, "us-1") == ("shop/cart", "us-1:shop/cart")
    learn_home(home, "us-1")
    assert told(home, tmp_path, "us-1") == (f"{HOME}:shop/cart", "shop/cart")
    learn_home(home, "")
    assert told(home, tmp_path, "us-1") == (f"{HOME}:shop/cart", "us-1:shop/cart")


def test_the_same_name_again_changes_nothing(home: EmbeddedEngine, tmp_path: Path) -> None:
    told(home, tmp_path, "us-1")
    learn_home(home, HOME)
    assert home.query("SELECT count() AS n FROM readings") == [{"n": 1}]
