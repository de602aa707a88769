"""Zipkin v2 JSON: an array of spans, sent on as it is."""

from meshui.replay.record import ZIPKIN, Record


def is_zipkin(document: object) -> bool:
    """An array of spans, or of traces (arrays of spans) as Zipkin's API answers."""
    spans = _spans(document)
    return bool(spans) and all(isinstance(each, dict) and "traceId" in each and "id" in each for each in spans)


def read(document: object, share: float) -> Record:
    return Record(ZIPKIN, _spans(document), share)


def _spans(document: object) -> list[object]:
    if not isinstance(document, list):
        return []
    if document and all(isinstance(each, list) for each in document):
        return [span for trace in document for span in trace]
    return document
