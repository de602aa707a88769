"""`meshui bench query`: twenty million spans of one hour; then each question as the API is asked it, beside the same by
hand-written SQL (query_floor.sql). Other values each time, and the engine made to forget the conditions it has seen."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.http import HttpResponseBase
from django.test import RequestFactory
from django.urls import resolve

from meshui.bench.measure import percentile
from meshui.bench.query_data import Filled, fill, run, sql
from meshui.live.fanout import Fanout
from meshui.running import Running, hold
from meshui.work.tick import Ticker
from telemetry.engine.embedded import open_embedded
from telemetry.engine.engine import Engine
from telemetry.engine.migrate import migrate
from telemetry.receive.tally import Tally
from telemetry.spool.loader import Loader
from telemetry.spool.spool import Spool

TRACE_MS, SEARCH_MS = 60.0, 400.0
LIMIT = 20
Draw = dict[str, Any]
"""One of the values that there are to ask about, and what is made of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """`path` and parameters of a call, with `{name}` for a value that is drawn; the floor is the statement at the same
    place of query_floor.sql."""

    name: str
    budget_ms: float
    params: dict[str, str]
    path: str = "/api/v1/traces"


def _search(name: str, **params: str) -> Question:
    return Question(name, SEARCH_MS, params)


QUESTIONS = (
    Question("trace by id", TRACE_MS, {}, "/api/v1/traces/{trace}"),
    _search("all, newest"),
    _search("service", service="{node}"),
    _search("service, operation", service="{node}", operation="{operation}"),
    _search("service, failed", service="{node}", status="error"),
    _search("failed, span ≥ ms", status="error", min_span_duration="{ms}ms"),
    _search("service, span ≥ ms", service="{node}", min_span_duration="{ms}ms"),
    _search("service, trace ≥ ms", service="{node}", min_duration="{ms}ms"),
    _search("edge", edge="{node}→{called}"),
    _search("flag", flag="UH"),
    _search("attribute, on every span", tag="http.request.method=GET"),
    _search("attribute, one in 2,000", tag="http.route={route}"),
    _search("attribute, one in 500,000", tag="user.id={user}"),
    _search("attribute, one span", tag="request.id={request}"),
    _search("attribute, absent", tag="user.id={absent}"),
    _search("attribute of the resource", tag="k8s.pod.name={instance}"),
    _search("expression", q="http.route = {route} and duration > {ms}ms and flag = UH"),
    _search("service, slowest first", service="{node}", order="slowest"),
    _search("service, most failures first", service="{node}", order="errors"),
    Question("Jaeger's search by service", SEARCH_MS, {"service": "{node}"}, "/jaeger/api/traces"),
    Question("Jaeger's operations", SEARCH_MS, {"service": "{node}"}, "/jaeger/api/operations"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `found`: traces (spans, names) an answer had, on average; `refused`: how often there was none but
    that the engine could not answer in time. `cpu_ms`: of all threads, on average; a busy machine does not change it.
    `floor_*`: by hand-written SQL."""

    question: str
    p50_ms: float
    p95_ms: float
    max_ms: float
    budget_ms: float
    within: bool
    found: float
    refused: int
    cpu_ms: float
    floor_p50_ms: float
    floor_p95_ms: float
    floor_cpu_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    spans: int
    fill_s: float
    bytes_per_span: float
    rounds: int
    questions: list[Asked]


def measure(*, spans: int, rounds: int, say: Callable[[str], object]) -> Measured:
    """Over data made for it, gone afterwards. `say` hears how far it is."""
    folder = Path(tempfile.mkdtemp(prefix="meshui-bench-"))
    try:
        with _held(folder) as engine:
            until = int(time.time()) // 10 * 10
            say(f"making {spans:,} spans")
            filled = fill(engine, spans, until)
            asked = []
            for question, floor in zip(QUESTIONS, sql("query_floor"), strict=True):
                say(f"asking: {question.name}")
                asked.append(_ask(engine, question, floor, filled, rounds))
        return Measured(filled.spans, filled.seconds, filled.bytes_per_span, rounds, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[Engine]:
    """An engine of the bench's own, where the API's calls look for it. Nothing ticks or loads beside the questions."""
    engine = open_embedded(folder / "engine")
    migrate(engine)
    spool = Spool.open(folder / "spool", 2**20)
    fanout = Fanout(asyncio.new_event_loop())
    ticker = Ticker(engine, fanout, first_seq=1, lateness_s=10)
    now = datetime.now(UTC)
    hold(Running(now, engine, spool, Loader(spool, engine, lambda: datetime.now(UTC)), Tally(), fanout, ticker))
    try:
        yield engine
    finally:
        hold(None)
        spool.close()
        engine.close()


def _ask(engine: Engine, question: Question, floor: str, filled: Filled, rounds: int) -> Asked:
    # The first round is not counted: it reads what no question has read since the start.
    pairs = [_round(engine, question, floor, filled, number) for number in range(rounds + 1)][1:]
    ours, theirs = [mine for mine, _ in pairs], [other for _, other in pairs]
    took, floor_took = [one.ms for one in ours], [one.ms for one in theirs]
    found = [one.found for one in ours if one.found is not None]
    p95 = percentile(took, 0.95)
    return Asked(
        question=question.name,
        p50_ms=percentile(took, 0.5),
        p95_ms=p95,
        max_ms=max(took),
        budget_ms=question.budget_ms,
        within=p95 <= question.budget_ms and len(found) == rounds,
        found=sum(found) / max(1, len(found)),
        refused=rounds - len(found),
        cpu_ms=sum(one.cpu_ms for one in ours) / rounds,
        floor_p50_ms=percentile(floor_took, 0.5),
        floor_p95_ms=percentile(floor_took, 0.95),
        floor_cpu_ms=sum(one.cpu_ms for one in theirs) / rounds,
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """How long one answer took, and how much was found: None if the engine could not say in time."""

    ms: float
    cpu_ms: float
    found: int | None


def _round(engine: Engine, question: Question, floor: str, filled: Filled, number: int) -> tuple[_Answer, _Answer]:
    """The API's answer and the floor's, for one draw of values."""
    draw = _drawn(filled, number)
    params = {key: value for key, value in draw.items() if f"{{{key}:" in floor}
    return (
        _timed(engine, lambda: _call(question, draw, filled)),
        _timed(engine, lambda: len(engine.query(floor, params, timeout_s=600))),
    )


def _timed(engine: Engine, ask: Callable[[], int | None]) -> _Answer:
    run(engine, "query_forget")
    cpu, began = time.process_time(), time.perf_counter()
    found = ask()
    return _Answer((time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000, found)


def _drawn(filled: Filled, number: int) -> Draw:
    """Another value for every round."""
    ms = 20 + 3 * (number % 50)
    absent = f"nobody-{number}"
    return filled.values[number % len(filled.values)] | {
        "since": filled.since, "ms": ms, "ns": ms * 1_000_000, "absent": absent,
    }  # fmt: skip


def _call(question: Question, draw: Draw, filled: Filled) -> int | None:
    """Ask the API; answers how many traces (of one, spans) it found, None if the engine could not say in time. Raises
    RuntimeError for any other no."""
    said = {name: text.format(**draw) for name, text in question.params.items()} | _hour(filled)
    request = RequestFactory().get(question.path.format(**draw), said)
    match = resolve(request.path)
    answer = match.func(request, *match.args, **match.kwargs)
    if answer.status_code == 503:
        return None
    body = _body(answer)
    return len(next(body[name] for name in ("items", "data", "spans") if name in body))


def _hour(filled: Filled) -> dict[str, str]:
    """As our API is told, and as Jaeger's is."""
    since, until = filled.since, filled.since + 3600
    ours = {"from": str(since), "to": str(until), "limit": str(LIMIT)}
    return ours | {"start": f"{since}000000", "end": f"{until}000000"}


def _body(answer: HttpResponseBase) -> Any:
    content = getattr(answer, "content", b"")
    if answer.status_code != 200:
        raise RuntimeError(f"the API answered {answer.status_code}: {content[:300].decode(errors='replace')}")
    return orjson.loads(content)
