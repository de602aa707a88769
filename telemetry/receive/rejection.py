"""Every no of the receivers, in one table: its HTTP status, its gRPC code, when to come again, and a sentence that
says what, where and what to do. Codes: google.rpc.Code; which ones clients repeat: mesh-telemetry.md §4.9."""

from dataclasses import dataclass, replace

INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAUTHENTICATED = 3, 7, 8, 12, 16
DEADLINE_EXCEEDED = 4


@dataclass(frozen=True, slots=True)
class Rejection:
    """One no. `retry_after_s` 0 tells the sender not to repeat."""

    name: str
    http: int
    grpc: int
    text: str
    retry_after_s: int = 0

    def saying(self, **facts: object) -> "Rejection":
        """The same no with its sentence filled in."""
        return replace(self, text=self.text.format(**facts))


UNKNOWN_PATH = Rejection(
    "unknown_path", 404, UNIMPLEMENTED,
    "Nothing is received at {path}. OTLP goes to /v1/traces, /v1/metrics and /v1/logs, Zipkin v2 to /api/v2/spans, "
    "Prometheus remote-write to /api/v1/write.",
)  # fmt: skip
WRONG_METHOD = Rejection(
    "wrong_method", 405, UNIMPLEMENTED, "{method} is not understood at {path}; send telemetry with POST."
)
NO_TOKEN = Rejection(
    "no_token", 401, UNAUTHENTICATED,
    "A valid token is needed. Make one with `meshui token create NAME --scope ingest` and send it as "
    "`Authorization: Bearer TOKEN`.",
)  # fmt: skip
NO_SCOPE = Rejection(
    "no_scope", 403, PERMISSION_DENIED,
    "This token may not send telemetry. Make one with `meshui token create NAME --scope ingest`.",
)  # fmt: skip
WRONG_TYPE = Rejection(
    "wrong_type", 415, INVALID_ARGUMENT,
    "Content-Type {type} is not understood at {path}; send application/x-protobuf or application/json.",
)  # fmt: skip
WRONG_ENCODING = Rejection(
    "wrong_encoding", 415, INVALID_ARGUMENT,
    "Content-Encoding {encoding} is not understood; send gzip, deflate, zstd or none.",
)  # fmt: skip
WRONG_WRITE_TYPE = Rejection(
    "wrong_write_type", 415, INVALID_ARGUMENT,
    "Content-Type {type} is no remote-write request; send application/x-protobuf, with proto={one} or proto={two}.",
)  # fmt: skip
WRONG_WRITE_ENCODING = Rejection(
    "wrong_write_encoding", 415, INVALID_ARGUMENT,
    "Content-Encoding {encoding} is not understood here; remote-write is compressed with snappy.",
)  # fmt: skip
TOO_LARGE = Rejection(
    "too_large", 413, RESOURCE_EXHAUSTED,
    "The body has more than {bound} bytes. Send smaller batches, or raise MESHUI_MAX_BODY_BYTES.",
)  # fmt: skip
INFLATES_TOO_LARGE = Rejection(
    "inflates_too_large", 413, RESOURCE_EXHAUSTED,
    "The body has more than {bound} bytes after {encoding} is undone. Send smaller batches, or raise "
    "MESHUI_MAX_BODY_BYTES.",
)  # fmt: skip
TOO_SLOW = Rejection(
    "too_slow", 408, DEADLINE_EXCEEDED, "The body did not arrive within {seconds:g} s; {got} bytes of it did."
)
WRONG_BYTES = Rejection(
    "wrong_bytes", 400, INVALID_ARGUMENT, "The body is no valid {encoding}: {why}. Check what compresses it."
)
MALFORMED = Rejection(
    "malformed", 400, INVALID_ARGUMENT, "The body is no {what}: {why}. Sending it again will not help."
)
SPOOL_FULL = Rejection(
    "spool_full", 503, RESOURCE_EXHAUSTED,
    "The spool holds {held} of {bound} bytes. MeshUI takes data again when the engine has caught up.",
    retry_after_s=5,
)  # fmt: skip
SPOOL_FAILED = Rejection(
    "spool_failed", 503, RESOURCE_EXHAUSTED,
    "The spool could not be written: {why}. Nothing of this request was kept; look at the disk of the data directory.",
    retry_after_s=5,
)  # fmt: skip
BUSY = Rejection(
    "busy", 503, RESOURCE_EXHAUSTED,
    "Requests that are being read hold {bound} bytes together, the most there may be. Send again in a moment.",
    retry_after_s=1,
)  # fmt: skip

ALL = (
    UNKNOWN_PATH, WRONG_METHOD, NO_TOKEN, NO_SCOPE, WRONG_TYPE, WRONG_ENCODING, WRONG_WRITE_TYPE,
    WRONG_WRITE_ENCODING, TOO_LARGE, INFLATES_TOO_LARGE,
    TOO_SLOW, WRONG_BYTES, MALFORMED, SPOOL_FULL, SPOOL_FAILED, BUSY,
)  # fmt: skip
