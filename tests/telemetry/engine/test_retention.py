"""Old partitions go when their newest instant is older than is kept, and only then."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.retention import DAY, HOUR, Kept, drop_old
from tests.build import T0, gauge, later, load, log, logs, metrics, point, resource, span, traces

MIDNIGHT = T0.replace(hour=0)


def days(engine: EmbeddedEngine, table: str) -> list[str]:
    rows = engine.query(f"SELECT DISTINCT toString(toDate(bucket)) AS day FROM {table} ORDER BY day")
    return [row["day"][-2:] for row in rows]


def load_days(engine: EmbeddedEngine, folder: Path) -> None:
    for n in range(4):
        at = T0 - n * DAY
        load(engine, folder, traces(resource("cart"), span(id=n + 1, start=at)), received=at)
        load(engine, folder, logs(None, log("a", at=at)), received=at)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        pytest.param(MIDNIGHT + 4 * DAY - timedelta(seconds=1), ["21"], id="a second before a day is 3 days old"),
        pytest.param(MIDNIGHT + 4 * DAY, [], id="at the moment it is"),
        pytest.param(MIDNIGHT + DAY, ["19", "20", "21"], id="the first day is"),
        pytest.param(T0, ["18", "19", "20", "21"], id="nothing is old"),
    ],
)
def test_spans_and_logs_go_by_the_day(engine: EmbeddedEngine, tmp_path: Path, now: datetime, left: list[str]) -> None:
    load_days(engine, tmp_path)
    drop_old(engine, now, Kept())
    assert days(engine, "spans") == left
    assert days(engine, "logs") == left
    assert drop_old(engine, now, Kept()) == []


def test_each_kind_has_its_own_age(engine: EmbeddedEngine, tmp_path: Path) -> None:
    load_days(engine, tmp_path)
    bucket = ", ".join(f"(toDateTime('2026-09-{day} 10:00:00', 'UTC'))" for day in (18, 19, 20, 21))
    for table in ("edges_10s", "nodes_10s", "parts_10s", "operations_10s"):
        engine.execute(f"INSERT INTO {table} (bucket) VALUES {bucket}")
    drop_old(engine, T0, Kept(traces=timedelta(hours=40), signals_10s=timedelta(hours=30), logs=10 * DAY))
    assert days(engine, "spans") == ["19", "20", "21"]
    assert days(engine, "logs") == ["18", "19", "20", "21"]
    for table in ("edges_10s", "nodes_10s", "parts_10s", "operations_10s", "dirty"):
        assert days(engine, table) == ["20", "21"], table


def test_points_go_by_the_hour(engine: EmbeddedEngine, tmp_path: Path) -> None:
    for hours in range(4):
        load(engine, tmp_path, metrics(None, gauge("a", point(hours, at=T0 - hours * HOUR))))
    drop_old(engine, T0, Kept(points=2 * HOUR))
    assert engine.query("SELECT value FROM points ORDER BY value") == [{"value": n} for n in (0.0, 1.0, 2.0)]


def test_a_resource_outlives_what_names_it(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """A span ten minutes ahead of its reception is filed a day after its resource."""
    received = MIDNIGHT - timedelta(minutes=5)
    load(engine, tmp_path, traces(resource("cart"), span(start=MIDNIGHT + timedelta(minutes=4))), received=received)
    both = "SELECT (SELECT count() FROM spans) AS spans, (SELECT count() FROM resources) AS resources"
    drop_old(engine, MIDNIGHT + 4 * DAY - timedelta(seconds=1), Kept())
    assert engine.query(both) == [{"spans": 1, "resources": 1}]
    drop_old(engine, MIDNIGHT + 4 * DAY, Kept())
    assert engine.query(both) == [{"spans": 0, "resources": 0}]


def test_segments_are_forgotten_after_an_hour_but_not_before_they_are_refreshed(engine: EmbeddedEngine) -> None:
    for number, at in ((1, later(-7200)), (2, later(-7199)), (3, later(-60))):
        engine.insert_rows("loaded", [{"spool": 1, "segment": number, "at": at}])
    engine.insert_rows("refreshed", [{"spool": 1, "segment": 1, "at": later(-7190)}])
    drop_old(engine, later(1), Kept())
    assert segments(engine) == [1, 2, 3], "2 waits for a refresh, and 1 shares its hour"
    engine.insert_rows("refreshed", [{"spool": 1, "segment": 2, "at": later(0)}])
    drop_old(engine, later(1), Kept())
    assert segments(engine) == [3]


def segments(engine: EmbeddedEngine) -> list[int]:
    return [row["segment"] for row in engine.query("SELECT segment FROM loaded ORDER BY segment")]


def test_every_partitioned_table_has_an_age(engine: EmbeddedEngine) -> None:
    sql = "SELECT name FROM system.tables WHERE database = currentDatabase() AND partition_key != ''"
    assert {row["name"] for row in engine.query(sql)} <= set(Kept().of_tables())


def test_names_go_with_the_last_roll_up_that_has_them(engine: EmbeddedEngine) -> None:
    old, young = T0 - 3 * DAY, T0
    for at, name in ((old, "old"), (young, "young")):
        own = {"bucket": at, "requests": 1}
        engine.insert_rows("nodes_10s", [own | {"node": f"a/{name}"}])
        engine.insert_rows("edges_10s", [own | {"source": "a/both", "target": f"-/{name}"}])
        engine.insert_rows("parts_10s", [own | {"node": "a/both", "version": name}])
        engine.insert_rows("operations_10s", [own | {"node": "a/both", "operation": name}])
        seen = [("node", f"a/{name}", ""), ("edge", f"a/both→-/{name}", ""), ("version", "a/both", name),
                ("operation", "a/both", name), ("host", "a/both", f"-/{name}")]  # fmt: skip
        engine.insert_rows(
            "first_seen", [{"what": what, "id": id_, "part": part, "at": old} for what, id_, part in seen]
        )
    engine.insert_rows("first_seen", [{"what": "node", "id": "a/both", "part": "", "at": old}])
    engine.insert_rows("first_seen", [{"what": "node", "id": "a/not-yet-written", "part": "", "at": young}])
    drop_old(engine, T0 + HOUR, Kept())
    left = {(row["id"], row["part"]) for row in engine.query("SELECT id, part FROM first_seen")}
    assert left == {("a/young", ""), ("a/both→-/young", ""), ("a/both", "young"), ("a/both", "-/young"), ("a/both", ""),
                    ("a/not-yet-written", "")}  # fmt: skip


def test_what_clusters_showed_goes_with_the_readings_of_their_proxy(engine: EmbeddedEngine) -> None:
    engine.insert_rows("clusters_shown", [{"sender": sender, "cluster": "cart"} for sender in (1, 2)])
    engine.insert_rows("named_twice", [{"id": "a/x", "node": "a/y"}, {"id": "a/gone", "node": "a/y"}])
    engine.insert_rows("readings", [{"series": 1, "sender": 1, "side": "server", "tls": "unknown", "target": "a/x"}])
    engine.insert_rows("nodes_10s", [{"bucket": T0 - 3 * DAY, "node": "a/x"}])
    drop_old(engine, T0 + HOUR, Kept())
    assert engine.query("SELECT sender FROM clusters_shown") == [{"sender": 1}]
    assert engine.query("SELECT id FROM named_twice") == [{"id": "a/x"}]
