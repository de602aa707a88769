"""Prometheus's write requests (remote-write 1.0 and 2.0) as protobuf messages, and the form in which they are stored.

Specification: prometheus.io/docs/specs/prw. The two versions use other numbers at the top, so that one landing table
reads both. A stored series of 2.0 has its texts in place of references to the request's symbols: to resolve those, the
engine would copy all symbols once a reference."""

from struct import unpack

from telemetry.described import Fields, described

_MESSAGES: dict[str, Fields] = {
    "Label": ((1, "string", "name"), (2, "string", "value")),
    "Span": ((1, "sint32", "offset"), (2, "uint32", "length")),
    "Histogram": (
        (1, "uint64", "count_int"), (2, "double", "count_float"), (3, "double", "sum"), (4, "sint32", "schema"),
        (5, "double", "zero_threshold"), (6, "uint64", "zero_count_int"), (7, "double", "zero_count_float"),
        (8, "*Span", "negative_spans"), (9, "*sint64", "negative_deltas"), (10, "*double", "negative_counts"),
        (11, "*Span", "positive_spans"), (12, "*sint64", "positive_deltas"), (13, "*double", "positive_counts"),
        (14, "int32", "reset_hint"), (15, "int64", "timestamp"), (16, "*double", "custom_values"),
        (17, "int64", "start_timestamp"),
    ),
    "Sample": ((1, "double", "value"), (2, "int64", "timestamp"), (3, "int64", "start_timestamp")),
    "Exemplar": ((1, "*Label", "labels"), (2, "double", "value"), (3, "int64", "timestamp")),
    "Family": ((1, "int32", "type"), (2, "string", "metric_family_name"), (4, "string", "help"), (5, "string", "unit")),
    "One": (
        (1, "*Label", "labels"), (2, "*Sample", "samples"), (3, "*Exemplar", "exemplars"),
        (4, "*Histogram", "histograms"),
    ),
    "ReferringExemplar": ((1, "*uint32", "labels_refs"), (2, "double", "value"), (3, "int64", "timestamp")),
    "Metadata": ((1, "int32", "type"), (3, "uint32", "help_ref"), (4, "uint32", "unit_ref")),
    "Two": (
        (1, "*uint32", "labels_refs"), (2, "*Sample", "samples"), (3, "*Histogram", "histograms"),
        (4, "*ReferringExemplar", "exemplars"), (5, "Metadata", "metadata"),
        (1000, "*string", "texts"), (1001, "string", "unit"),
    ),
    "WriteRequest": ((1, "*One", "timeseries"), (3, "*Family", "metadata")),
    "Request": ((4, "*string", "symbols"), (5, "*Two", "timeseries")),
    "Stored": ((1, "*One", "one"), (3, "*Family", "families"), (5, "*Two", "two")),
}  # fmt: skip

WriteRequest, Request, Series, Stored = described(
    "meshui.prometheus", _MESSAGES, "WriteRequest", "Request", "Two", "Stored"
)
"""`WriteRequest` is 1.0; `Request` is 2.0, of `Series`, whose `texts` (name, value, name, value, …) and `unit` are
ours; `Stored` is what a record holds of either."""

COUNTER, GAUGE, HISTOGRAM, GAUGE_HISTOGRAM, SUMMARY, INFO, STATE_SET = range(1, 8)
STALE: float = unpack("<d", (0x7FF0000000000002).to_bytes(8, "little"))[0]
"""The one NaN that says a series has ended; any other NaN is a value."""
