"""OTLP's JSON, which is not protobuf's: hex ids, 64-bit numbers as text or number, enums as numbers or names."""

from base64 import b64encode
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from meshui.replay.record import LOGS, METRICS, TRACES, Record, Signal
from meshui.replay.unreadable import Unreadable

_TOP: dict[str, Signal] = {"resourceSpans": TRACES, "resourceMetrics": METRICS, "resourceLogs": LOGS}
_IDS = ("traceId", "spanId", "parentSpanId")


def is_otlp(document: object) -> bool:
    return isinstance(document, dict) and any(key in document for key in _TOP)


def read(document: dict[str, Any], share: float) -> Record:
    """The request in one JSON document, which is `share` of its file. Raises Unreadable with what is wrong in it."""
    key = next(key for key in _TOP if key in document)
    signal = _TOP[key]
    assert signal.message is not None  # noqa: S101  all three are protobuf's
    _ids_to_base64(document[key])
    try:
        return Record(signal, ParseDict(document, signal.message(), ignore_unknown_fields=True), share)
    except (ParseError, ValueError, TypeError) as error:
        raise Unreadable(f"broken OTLP JSON: {error}") from error


def _ids_to_base64(value: object) -> None:
    """In place and all the way down: links and exemplars have ids too. Attributes are not ids and stay."""
    if isinstance(value, list):
        for each in value:
            _ids_to_base64(each)
    elif isinstance(value, dict):
        for name in _IDS:
            if isinstance(value.get(name), str):
                value[name] = _base64(value[name])
        for name, each in value.items():
            if isinstance(each, dict | list) and name not in {"attributes", "body"}:
                _ids_to_base64(each)


def _base64(text: str) -> str:
    try:
        return b64encode(bytes.fromhex(text)).decode()
    except ValueError as error:
        raise Unreadable(f"{text[:40]!r} is no id in hex") from error
