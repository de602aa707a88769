"""The bench of questions, on few spans: each is answered, the data is as it says, and the floor asks for the same."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from meshui.bench import query, query_data
from telemetry.engine.embedded import EmbeddedEngine
from tests.meshui.held import held

SPANS, TRACES = 20_000, 2_000
UNTIL = 1_790_000_000
SINCE = UNTIL - 3600


@pytest.fixture
def filled(engine: EmbeddedEngine) -> query_data.Filled:
    return query_data.fill(engine, SPANS, UNTIL)


def test_the_hour_is_filled_as_a_mesh_would(engine: EmbeddedEngine, filled: query_data.Filled) -> None:
    (row,) = engine.query(
        """SELECT count() AS spans, uniqExact(trace_id) AS traces, uniqExact(trace_id, span_id) AS ids,
          uniqExact(node) AS services, toUnixTimestamp(min(ts)) AS first, toUnixTimestamp(max(ts)) AS last,
          countIf(status = 2) > 0 AS failing, countIf(flags = 'UH') > 0 AS flagged, max(late) AS late,
          uniqExact(attributes['request.id']) AS requests, uniqExact(resource_id) AS senders,
          countIf(length(kinds) != length(mapKeys(attributes))) AS odd,
          countIf(resource_id NOT IN (SELECT resource_id FROM resources)) AS nameless FROM spans"""
    )
    assert (row["spans"], row["traces"], row["ids"], row["requests"]) == (SPANS, TRACES, SPANS, SPANS)
    assert row["services"] > 300
    assert row["senders"] > 800
    assert row["first"] == SINCE
    assert SINCE + 3590 < row["last"] < UNTIL
    assert (row["failing"], row["flagged"]) == (1, 1)
    assert (row["late"], row["odd"], row["nameless"]) == (0, 0, 0)
    (orphans,) = engine.query(
        """SELECT count() AS n FROM spans
        WHERE parent_id != 0 AND (trace_id, parent_id) NOT IN (SELECT trace_id, span_id FROM spans)"""
    )
    assert orphans["n"] == 0


def test_there_are_other_values_for_every_round(filled: query_data.Filled) -> None:
    drawn = [query._drawn(filled, number) for number in range(20)]
    for name in ("trace", "ms", "absent", "user", "request"):
        assert len({draw[name] for draw in drawn}) == 20, name


def test_each_question_and_its_floor_find_what_is_there(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """What names its value exactly finds the trace it was drawn from, in both."""
    until = int(datetime.now(UTC).timestamp()) // 10 * 10
    filled = query_data.fill(engine, SPANS, until)
    draw = query._drawn(filled, 3) | {"ms": 0, "ns": 0}
    empty = {"attribute, absent", "service, failed", "failed, span ≥ ms", "flag", "expression"}
    with held(engine, tmp_path):
        for question, floor in zip(query.QUESTIONS, query_data.sql("query_floor"), strict=True):
            found = query._call(question, draw, filled)
            theirs = engine.query(floor, {key: value for key, value in draw.items() if f"{{{key}:" in floor})
            assert found is not None
            if question.name not in empty:
                assert found > 0, question.name
            rows = {row["trace"] for row in theirs} if "search" in question.name else theirs
            assert found == len(rows), question.name


def test_the_command_prints_what_it_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    row = query.Asked("service", 10.0, 401.0, 402.0, 400.0, False, 20.0, 1, 300.0, 5.0, 6.0, 7.0)
    monkeypatch.setattr(query, "measure", lambda **asked: query.Measured(asked["spans"], 1.0, 60.0, 3, [row]))
    out = StringIO()
    call_command("bench", "query", "--spans", "5000", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["spans"], said["questions"][0]["within"]) == (5000, False)
    out = StringIO()
    call_command("bench", "query", stdout=out)
    assert "20,000,000 spans" in out.getvalue()
    assert out.getvalue().split("\n")[-2].split()[:6] == ["service", "10", "401", "402", "400", "!"]
    assert "1 not answered in time" in out.getvalue()


@pytest.mark.parametrize("flags", [["--spans", "5"], ["--rounds", "0"]])
def test_there_must_be_something_to_ask(flags: list[str]) -> None:
    with pytest.raises(CommandError, match="something to ask"):
        call_command("bench", "query", *flags)
