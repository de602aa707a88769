"""The loader against the real engine: every record once, whatever is refused and wherever a process ends."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.engine.embedded import EmbeddedEngine
from telemetry.engine.engine import Away, EngineError, Row, Signal
from telemetry.spool import segment as form
from telemetry.spool.loader import MOST_FAILURES, Loader
from telemetry.spool.spool import Spool
from tests import build

NEVER = dict.fromkeys(Signal, 3600.0)
POISON = "poison"


class Crash(BaseException):
    """The process ends here."""


class Faulty:
    """The real engine, but for the operations a test names."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.engine = engine
        self.tokens: list[str] = []
        self.errors: list[Exception] = []
        self.crash_at = -1
        self.crash_before = False
        self.operations = 0

    def _operation(self, run: Any) -> Any:
        self.operations += 1
        crash = self.operations == self.crash_at
        if crash and self.crash_before:
            raise Crash
        try:
            return run()
        finally:
            if crash:
                raise Crash

    def insert(self, signal: Signal, path: Path, token: str) -> None:
        self.tokens.append(token)
        if self.errors:
            raise self.errors.pop(0)
        self._operation(lambda: self.engine.insert(signal, path, token))

    def query(self, sql: str, params: Mapping[str, Any] | None = None, **options: Any) -> list[Row]:
        return self.engine.query(sql, params, **options)

    def execute(self, sql: str, params: Mapping[str, Any] | None = None, **options: Any) -> None:
        self._operation(lambda: self.engine.execute(sql, params, **options))

    def insert_rows(self, table: str, rows: Sequence[Row]) -> None:
        self._operation(lambda: self.engine.insert_rows(table, rows))

    def cancel(self, query_id: str) -> None:
        self.engine.cancel(query_id)

    def size_bytes(self) -> int:
        return self.engine.size_bytes()

    def close(self) -> None:
        raise AssertionError("the loader does not own the engine")


def request(name: str) -> bytes:
    return build.traces(build.resource("cart", namespace="shop"), build.span(name)).SerializeToString()


def twice_a_oneof(name: str) -> bytes:
    """What upb takes and the engine refuses until it is re-serialised: one attribute value set twice."""
    value = b"\x0a\x01a\x0a\x01b"
    key_value = b"\x0a\x01k" + b"\x12" + form.varint(len(value)) + value
    span = build.span(name).SerializeToString() + b"\x4a" + form.varint(len(key_value)) + key_value
    scope_spans = b"\x12" + form.varint(len(span)) + span
    resource_spans = b"\x12" + form.varint(len(scope_spans)) + scope_spans
    return b"\x0a" + form.varint(len(resource_spans)) + resource_spans


def fill(spool: Spool, requests: Iterable[bytes], signal: Signal = Signal.TRACES) -> None:
    """Append, each acknowledged, and seal: one segment."""

    async def append() -> None:
        await asyncio.gather(
            *(spool.append(signal, form.received(one, build.unix_ns(build.T0), b"1.2.3.4:5")) for one in requests)
        )

    asyncio.run(append())
    spool.seal()


def loader(spool: Spool, engine: Any) -> Loader:
    return Loader(spool, engine, lambda: build.T0, first_pause_s=0.0)


def load_all(spool: Spool, engine: Any) -> Loader:
    """Until nothing is left; a loader that cannot finish fails here instead of hanging."""
    one = loader(spool, engine)
    for _ in range(200):
        one.load_sealed()
        if not spool.state().segments:
            return one
    raise AssertionError("segments are left")


def names(engine: EmbeddedEngine) -> Counter[str]:
    return Counter(row["name"] for row in engine.query("SELECT name FROM spans"))


def poisoned(engine: EmbeddedEngine) -> None:
    """A view that throws late: other tables have their rows by then."""
    engine.execute(
        "CREATE MATERIALIZED VIEW zz_throws (name String) ENGINE = MergeTree ORDER BY name AS SELECT s.name AS name"
        " FROM (SELECT rs.scope_spans AS sss FROM landing_traces ARRAY JOIN resource_spans AS rs)"
        f" ARRAY JOIN sss AS ss ARRAY JOIN ss.spans AS s WHERE NOT throwIf(s.name = '{POISON}')"
    )


@pytest.fixture
def spool(tmp_path: Path) -> Iterable[Spool]:
    opened = Spool.open(tmp_path / "spool", seal_s=NEVER)
    yield opened
    opened.close()


def test_a_segment_is_loaded_marked_and_removed(spool: Spool, engine: EmbeddedEngine) -> None:
    fill(spool, [request("a"), request("b")])
    one = load_all(spool, engine)
    assert names(engine) == Counter(a=1, b=1)
    assert engine.query("SELECT spool, segment FROM loaded") == [{"spool": spool.id, "segment": 1}]
    assert engine.query("SELECT DISTINCT spool, segment FROM spans") == [{"spool": spool.id, "segment": 1}]
    assert not list(spool.folder.glob("*.seg"))
    assert spool.state().bytes == 0
    assert one.state().stuck is None


def test_all_three_signals_are_loaded(spool: Spool, engine: EmbeddedEngine) -> None:
    point = build.metrics(build.resource("cart"), build.gauge("load", build.point(1.5))).SerializeToString()
    line = build.logs(build.resource("cart"), build.log("hello")).SerializeToString()
    fill(spool, [request("a")])
    fill(spool, [point], Signal.METRICS)
    fill(spool, [line], Signal.LOGS)
    load_all(spool, engine)
    counts = [engine.query(f"SELECT count() AS n FROM {table}")[0]["n"] for table in ("spans", "points", "logs")]
    assert counts == [1, 1, 1]
    assert len(engine.query("SELECT * FROM loaded")) == 3


def test_what_only_needs_reserialising_is_stored(spool: Spool, engine: EmbeddedEngine) -> None:
    assert ExportTraceServiceRequest.FromString(twice_a_oneof("x"))
    group = b"\xa3\x06\x08\x01\xa4\x06"  # field 100 as a group, deep inside
    inner = build.span("y").SerializeToString() + group
    scope_spans = b"\x12" + form.varint(len(inner)) + inner
    resource_spans = b"\x12" + form.varint(len(scope_spans)) + scope_spans
    with_group = b"\x0a" + form.varint(len(resource_spans)) + resource_spans
    fill(spool, [request("a"), twice_a_oneof("x"), with_group])
    load_all(spool, engine)
    assert names(engine) == Counter(a=1, x=1, y=1)
    assert engine.query("SELECT attributes['k'] AS k FROM spans WHERE name = 'x'") == [{"k": "b"}]
    assert engine.query("SELECT DISTINCT segment, spool FROM spans") == [{"segment": 1, "spool": spool.id}]
    assert spool.state().quarantined == 0


@pytest.mark.parametrize(
    ("bad", "count"),
    [
        pytest.param({0}, 1, id="the only record"),
        pytest.param({3}, 7, id="one of several"),
        pytest.param({0, 6}, 7, id="the first and the last"),
        pytest.param({0, 1, 2, 3}, 4, id="all of them"),
    ],
)
def test_bad_records_go_to_quarantine_and_the_rest_goes_on(
    spool: Spool, engine: EmbeddedEngine, bad: set[int], count: int
) -> None:
    poisoned(engine)
    fill(spool, [request(POISON if i in bad else f"good{i}") for i in range(count)])
    fill(spool, [request("later")])
    one = load_all(spool, engine)
    expected = Counter({f"good{i}": 1 for i in range(count) if i not in bad}) + Counter(later=1)
    assert names(engine) == expected
    assert engine.query("SELECT count() AS n FROM loaded") == [{"n": 2}]
    kept = sorted((spool.folder / "quarantine").glob("*.json"))
    assert {json.loads(path.read_text())["record"] for path in kept} == bad
    assert spool.state().quarantined == len(bad)
    quarantined = one.state().quarantined
    assert quarantined is not None
    assert "throwIf" in quarantined.text
    assert not list(spool.folder.glob("*.piece"))
    assert not list(spool.folder.glob("*.k"))


def test_a_quarantined_record_can_be_read_again(spool: Spool, engine: EmbeddedEngine) -> None:
    poisoned(engine)
    fill(spool, [request(POISON)])
    load_all(spool, engine)
    (path,) = (spool.folder / "quarantine").glob("*.bin")
    data = path.read_bytes()
    (record,) = form.records(data)
    sent = ExportTraceServiceRequest.FromString(data[record.body : record.end])
    assert sent.resource_spans[0].scope_spans[0].spans[0].name == POISON


def test_a_segment_that_was_loaded_but_not_removed_is_not_loaded_again(tmp_path: Path, engine: EmbeddedEngine) -> None:
    spool = Spool.open(tmp_path, seal_s=NEVER)
    fill(spool, [request("a")])
    (path,) = tmp_path.glob("*.seg")
    data = path.read_bytes()
    load_all(spool, engine)
    spool.close()
    path.write_bytes(data)
    again = Spool.open(tmp_path, seal_s=NEVER)
    faulty = Faulty(engine)
    load_all(again, faulty)
    again.close()
    assert names(engine) == Counter(a=1)
    assert not faulty.tokens


def test_half_a_segment_is_deleted_and_loaded_under_a_new_token(tmp_path: Path, engine: EmbeddedEngine) -> None:
    spool = Spool.open(tmp_path, seal_s=NEVER)
    fill(spool, [request("a"), request("b")])
    crashing = Faulty(engine)
    crashing.crash_at = 1  # right after the INSERT, before `loaded`
    with pytest.raises(Crash):
        load_all(spool, crashing)
    spool.close()
    engine.execute("DELETE FROM spans WHERE name = 'b'")  # as if this part had never been written
    again = Spool.open(tmp_path, seal_s=NEVER)
    faulty = Faulty(engine)
    load_all(again, faulty)
    again.close()
    assert names(engine) == Counter(a=1, b=1)
    assert faulty.tokens == [f"{again.id:016x}-1/r1"]


@pytest.mark.parametrize("before", [True, False], ids=["before the operation", "after it"])
def test_a_crash_anywhere_in_halving_stores_every_record_once(
    tmp_path: Path, engine: EmbeddedEngine, before: bool
) -> None:
    """Crash at the first operation, then in the next process at the second, and so on until one run gets through."""
    poisoned(engine)
    spool = Spool.open(tmp_path, seal_s=NEVER)
    fill(spool, [request(POISON if i == 2 else f"good{i}") for i in range(5)])
    crashes = 0
    for crash_at in range(1, 100):
        crashing = Faulty(engine)
        crashing.crash_at, crashing.crash_before = crash_at, before
        try:
            load_all(spool, crashing)
            break
        except Crash:
            crashes += 1
            spool.close()
            spool = Spool.open(tmp_path, seal_s=NEVER)
    assert crashes > 5
    assert names(engine) == Counter({f"good{i}": 1 for i in (0, 1, 3, 4)})
    assert spool.state().quarantined == 1
    assert engine.query("SELECT count() AS n FROM loaded") == [{"n": 1}]
    assert engine.query("SELECT sum(n) AS n FROM dirty") == [{"n": 4}]
    spool.close()


def test_an_engine_that_is_away_is_asked_again_under_the_same_token(spool: Spool, engine: EmbeddedEngine) -> None:
    fill(spool, [request("a")])
    faulty = Faulty(engine)
    faulty.errors = [Away("Code: 241. memory", 241)] * (MOST_FAILURES + 3)
    load_all(spool, faulty)
    assert names(engine) == Counter(a=1)
    assert set(faulty.tokens) == {f"{spool.id:016x}-1"}


def test_an_error_that_repeats_while_the_engine_answers_is_the_datas_fault(
    spool: Spool, engine: EmbeddedEngine
) -> None:
    fill(spool, [request("a"), request("b")])
    faulty = Faulty(engine)
    faulty.errors = [EngineError("Code: 999. nobody knows", 999)] * MOST_FAILURES
    load_all(spool, faulty)
    assert names(engine) == Counter(a=1, b=1)
    token = f"{spool.id:016x}-1"
    assert faulty.tokens == [token] * MOST_FAILURES + [f"{token}/r1"]


def test_a_bad_segment_does_not_hold_up_the_next(spool: Spool, engine: EmbeddedEngine) -> None:
    poisoned(engine)
    fill(spool, [request(POISON if i == 3 else f"a{i}") for i in range(8)])
    fill(spool, [request("next")])
    watched = Faulty(engine)
    load_all(spool, watched)
    assert watched.tokens.index(f"{spool.id:016x}-2") == 2
    assert len(watched.tokens) > 5


def test_drain_says_whether_anything_is_left(spool: Spool, engine: EmbeddedEngine) -> None:
    fill(spool, [request("a")])
    assert loader(spool, engine).drain(30.0)
    fill(spool, [request("b")])
    away = Faulty(engine)
    away.errors = [Away("Code: 243. disk", 243)] * 1000
    stuck = loader(spool, away)
    assert not stuck.drain(0.0)
    assert spool.state().segments == 1
