"""Where protobuf bytes are broken, said so that a sender's author finds the place."""

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.receive.where import fault
from telemetry.spool.segment import varint
from tests import build


def inside(*numbers: int, content: bytes) -> bytes:
    for number in reversed(numbers):
        content = varint(number << 3 | 2) + varint(len(content)) + content
    return content


SPAN = (1, 2, 2)
GOOD = build.span("a").SerializeToString()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"\x1f\x8b\x08", "it starts like gzip", id="gzip without saying so"),
        pytest.param(b'{"resourceSpans":[]}', "it starts like JSON", id="JSON as protobuf"),
        pytest.param(b"\xff\xff", "the number at byte 0 is cut off", id="a number that is cut off"),
        pytest.param(b"\xff" * 20, "the number at byte 0 never ends", id="a number that never ends"),
        pytest.param(b"\x07\x00", "byte 0 starts no field", id="no field"),
        pytest.param(b"\x0a\x05ab", "resource_spans[0] at byte 0 claims 5 bytes, 2 are there", id="too short"),
        pytest.param(b"\x0b\x08", "the number at byte 2 in resource_spans[0] is cut off", id="a group that never ends"),
        pytest.param(b"\xa3\x06\xac\x06", "ends with another's end", id="a group with another's end"),
        pytest.param(
            inside(*SPAN, content=GOOD) + inside(*SPAN, content=GOOD + b"\x2a\x02\xff\xfe"),
            "resource_spans[1].scope_spans[0].spans[0].name at byte",
            id="a name that is no UTF-8",
        ),
        pytest.param(
            inside(*SPAN, content=GOOD + b"\x39\x01"),
            "resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano at byte",
            id="a time that is cut off",
        ),
    ],
)
def test_the_sentence_names_the_place(data: bytes, said: str) -> None:
    assert said in fault(data, ExportTraceServiceRequest.DESCRIPTOR)


def test_nesting_without_end_is_said() -> None:
    value = b""
    for _ in range(120):
        value = inside(5, 1, content=value)
    data = inside(*SPAN, 9, 2, content=value)
    assert "nested deeper than 100 levels" in fault(data, ExportTraceServiceRequest.DESCRIPTOR)
