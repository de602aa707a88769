"""`GET /services/{ns}/{name}/signals` and `/edges/signals`: a node's or a call's signals over time, in columns."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.instants import BadQuestion, asked_instant
from meshui.running import running
from telemetry.health.thresholds import DEFAULTS
from telemetry.identity import EdgeId, ServiceId
from telemetry.publish.body import NAMES, instant
from telemetry.rollup.series import series
from telemetry.window import BUCKET_S, parse_duration

LENGTH = timedelta(hours=1)
MOST_STEPS = 2_000


@question
def of_service(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """A node's; another cluster is named by `cluster`."""
    node = str(ServiceId(request.GET.get("cluster", ""), namespace, name))
    return _answer(request, node, node, datetime.now(UTC))


@question
def of_edge(request: HttpRequest) -> HttpResponse:
    """A call's; `source` and `target` are node ids."""
    source, target = (request.GET.get(end, "") for end in ("source", "target"))
    for field, node in (("source", source), ("target", target)):
        try:
            ServiceId.parse(node)
        except ValueError as error:
            raise BadQuestion(field, str(error)) from error
    edge = EdgeId(source, target)
    return _answer(request, str(edge), edge, datetime.now(UTC))


def _answer(request: HttpRequest, name: str, of: str | EdgeId, now: datetime) -> HttpResponse:
    until = asked_instant(request, "to", now) or now
    since = asked_instant(request, "from", now) or until - LENGTH
    step_s, wanted = _asked_step(request), _asked_signals(request)
    if since >= until:
        raise BadQuestion("from", "expected an instant before `to`")
    if (until - since).total_seconds() / step_s > MOST_STEPS:
        raise BadQuestion("step", f"at most {MOST_STEPS} steps are answered at once; ask for a longer step")
    found = series(running().engine, of, since, until, step_s)
    body: dict[str, Any] = {
        "id": name,
        "from": instant(since),
        "to": instant(until),
        "step_s": found.step_s,
        "t": [instant(at) for at in found.t],
        "signals": {signal: found.signals[signal] for signal in wanted},
        "markers": [],
        "thresholds": [
            {"signal": row.signal, "degraded": row.degraded, "failing": row.failing, "source": row.scope}
            for row in DEFAULTS
            if row.signal in wanted
        ],
    }
    return ok(body)


def _asked_step(request: HttpRequest) -> float:
    try:
        return max(float(BUCKET_S), parse_duration(request.GET.get("step", "10s")))
    except ValueError as error:
        raise BadQuestion("step", str(error)) from error


def _asked_signals(request: HttpRequest) -> tuple[str, ...]:
    text = request.GET.get("signals")
    wanted = NAMES if text is None else tuple(name.strip() for name in text.split(","))
    for name in wanted:
        if name not in NAMES:
            raise BadQuestion("signals", f"{name[:40]!r} is no signal; expected {', '.join(NAMES)}")
    return wanted
