"""All times of a record moved by one amount, so that a recording of last year happens now. 0 means unset and stays."""

from meshui.replay.record import LOGS, METRICS, MICROSECONDS_BELOW, TRACES, ZIPKIN, Message, Record, items


def shift(record: Record, by_ns: int) -> None:
    """Move every time in `record`, in place."""
    if not by_ns:
        return
    if record.signal is ZIPKIN:
        for span in record.message:
            for timed in (span, *(span.get("annotations") or ())):
                if timed.get("timestamp"):
                    timed["timestamp"] = max(0, int(timed["timestamp"]) + by_ns // 1000)
        return
    for item in items(record.signal, record.message):
        if record.signal is TRACES:
            _move(item, "start_time_unix_nano", by_ns)
            _move(item, "end_time_unix_nano", by_ns)
            for event in item.events:
                _move(event, "time_unix_nano", by_ns)
        elif record.signal is LOGS:
            _move(item, "time_unix_nano", by_ns)
            _move(item, "observed_time_unix_nano", by_ns)
        elif record.signal is METRICS:
            _move(item, "time_unix_nano", by_ns)
            _move(item, "start_time_unix_nano", by_ns)
            for exemplar in getattr(item, "exemplars", ()):
                _move(exemplar, "time_unix_nano", by_ns)


def _move(item: Message, name: str, by_ns: int) -> None:
    """Envoy 1.40 writes start times of sums in microseconds; they stay so."""
    at = getattr(item, name)
    if not at:
        return
    moved = at + (by_ns if at >= MICROSECONDS_BELOW else by_ns // 1000)
    setattr(item, name, max(1, moved))
