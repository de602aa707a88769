"""Declarations of dialects: each in a file of its own with its test and its words, all of them in the engine."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from telemetry.dialects.dialect import Dialect, Labels
from telemetry.dialects.learn import canonical, known, learn
from telemetry.engine.embedded import EmbeddedEngine

_ROOT = Path(__file__).parents[3]


def test_dialects_that_show_by_a_label_are_asked_first_then_by_rank() -> None:
    found = [dialect.name for dialect in known()]
    assert found == ["kuma", "consul", "istio", "linkerd", "hubble", "envoy", "otel"]
    assert len({dialect.rank for dialect in known()}) == len(found)


@pytest.mark.parametrize("dialect", known(), ids=lambda dialect: dialect.name)
def test_each_dialect_has_its_file_its_test_and_its_words_for_users(dialect: Dialect) -> None:
    assert (_ROOT / "telemetry" / "dialects" / f"{dialect.name}.py").is_file()
    assert (_ROOT / "tests" / "telemetry" / "dialects" / f"test_{dialect.name}.py").is_file()
    assert f"`{dialect.name}`" in (_ROOT / "docs" / "senders" / "metrics.md").read_text()


@pytest.mark.parametrize("dialect", known(), ids=lambda dialect: dialect.name)
def test_labels_are_read_in_ways_that_the_engine_knows(dialect: Dialect) -> None:
    sql = (_ROOT / "telemetry" / "engine" / "migrations" / "0015_readings.sql").read_text()
    ways = set(re.findall(r"'([a-z_]+)'", " ".join(re.findall(r"how (?:=|IN) ?\(?[^,)]*(?:, '[a-z_]+')*", sql))))
    assert "host" in ways
    everything: list[Labels] = [dialect.side]
    for side in ("client", "server", "relay"):
        everything += dialect.said_by(side).values()
    used = {ref.partition(":")[2] for labels in everything for ref in labels.of} - {""}
    assert used <= ways


@pytest.mark.parametrize("dialect", known(), ids=lambda dialect: dialect.name)
def test_a_metric_is_read_or_says_why_not(dialect: Dialect) -> None:
    for metric in dialect.metrics:
        assert bool(metric.measure) != bool(metric.why), metric


def test_learning_again_leaves_each_declaration_once(engine: EmbeddedEngine) -> None:
    learn(engine)
    learn(engine)
    counted = engine.query("SELECT count() AS n, uniqExact(place) AS places FROM dialect_metrics")[0]
    assert counted["n"] == counted["places"] == sum(len(dialect.metrics) for dialect in known())
    ranks = engine.query("SELECT dialect, rank, word FROM dialects")
    assert {(row["dialect"], row["rank"], row["word"]) for row in ranks} == {(d.name, d.rank, d.word) for d in known()}


def test_a_name_is_the_same_with_dots_and_without_total() -> None:
    istio = next(dialect for dialect in known() if dialect.name == "istio")
    metric = next(metric for metric in istio.metrics if metric.name == "istio_requests_total")
    assert canonical(metric) == canonical(replace(metric, name="istio.requests")) == "istio_requests"
