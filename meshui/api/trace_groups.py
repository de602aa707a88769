"""`GET /api/v1/traces/aggregate?by=…`: all that match in numbers, by the values of a field."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from meshui.api.answer import ok, question
from meshui.asked.traces import asked_by, asked_traces
from meshui.running import running
from telemetry.traces.asking import question as searching
from telemetry.traces.asking import snapshot
from telemetry.traces.by import grouped
from telemetry.traces.list_body import aggregates_json


@question
def aggregate(request: HttpRequest) -> HttpResponse:
    """The values with most traces first, up to fifty; `values`: how many there are."""
    field, asked = asked_by(request), asked_traces(request, datetime.now(UTC))
    engine = running().engine
    found = grouped(searching(engine, asked, snapshot(engine)), field)
    seconds = (asked.until_ns - asked.since_ns) / 1e9
    items = [{"value": each.value, **aggregates_json(each.numbers, seconds)} for each in found.groups]
    return ok({"items": items, "next": None, "values": found.values, "sampled": found.sampled})
