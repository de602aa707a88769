"""Bodies hold every item once, in order, and none is too large unless one item alone is."""

import json

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from meshui.replay.batches import Batches
from meshui.replay.record import TRACES, ZIPKIN, Record, items

REQUESTS = st.lists(st.lists(st.lists(st.lists(st.integers(0, 60), max_size=5), max_size=3), max_size=3), max_size=6)


@given(REQUESTS, st.integers(20, 400))
def test_every_span_once_in_order_within_the_bound(requests: list[list[list[list[int]]]], bound: int) -> None:
    batches, names, bodies = Batches(bound), [], []
    for request in requests:
        message = ExportTraceServiceRequest()
        for resource in request:
            added = message.resource_spans.add()
            for scope in resource:
                spans = added.scope_spans.add().spans
                for length in scope:
                    names.append(f"{len(names)}-{'x' * length}")
                    spans.add(name=names[-1])
        bodies += batches.add(Record(TRACES, message))
    bodies += batches.flush()
    read = [ExportTraceServiceRequest.FromString(body.data) for body in bodies]
    assert [span.name for message in read for span in items(TRACES, message)] == names
    assert [body.count for body in bodies] == [sum(1 for _ in items(TRACES, message)) for message in read]
    assert all(len(body.data) <= bound or body.count == 1 for body in bodies)


@given(st.lists(st.integers(0, 60), max_size=20), st.integers(10, 300))
def test_zipkin_spans_are_arrays_of_them(lengths: list[int], bound: int) -> None:
    batches = Batches(bound)
    spans = [{"id": str(number), "name": "x" * length} for number, length in enumerate(lengths)]
    bodies = [*batches.add(Record(ZIPKIN, spans)), *batches.flush()]
    assert [span for body in bodies for span in json.loads(body.data)] == spans
    assert all(len(body.data) <= bound + 1 or body.count == 1 for body in bodies)
