"""Spans of one trace, as the SDK's exporters take them: explicit times, one resource for each sender."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from random import Random

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AttributeValue

from meshui.demo.pods import ENVOY_BUILD, Pod
from meshui.demo.sampling import Sampler

Attributes = Mapping[str, AttributeValue]
UNSET = Status(StatusCode.UNSET)
_SAMPLED, _UNSAMPLED = TraceFlags(TraceFlags.SAMPLED), TraceFlags(TraceFlags.DEFAULT)
_ENVOY = InstrumentationScope("envoy", ENVOY_BUILD)
_SCOPES = {
    language: InstrumentationScope(name, "1.0.0")
    for language, name in {
        "python": "opentelemetry.instrumentation.asgi",
        "java": "io.opentelemetry.tomcat-10.0",
        "go": "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
        "nodejs": "@opentelemetry/instrumentation-http",
        "dotnet": "Microsoft.AspNetCore",
    }.items()
}


@dataclass(slots=True)
class Trace:
    """Seconds are counted from the demo's start, whose Unix time is `origin_ns`; `end` is that of its last span.

    `spans` grows as parts of it end, and stays empty if the trace is not `sampled`."""

    origin_ns: int
    rng: Random
    id: int
    state: TraceState
    sampled: bool
    spans: list[ReadableSpan] = field(default_factory=list)
    end: float = -inf

    @classmethod
    def start(cls, origin_ns: int, rng: Random, sampler: Sampler) -> "Trace":
        trace_id = rng.getrandbits(128) | 1
        return cls(origin_ns, rng, trace_id, sampler.state, sampler.takes(trace_id))

    def ns(self, at: float) -> int:
        return self.origin_ns + round(at * 1e9)

    def lasts(self, until: float) -> bool:
        """A span of it ends at `until`; is it to be recorded?"""
        self.end = max(self.end, until)
        return self.sampled


@dataclass(frozen=True, slots=True)
class Place:
    """A span that is being made: of `trace`, in `pod`, below `parent` (0: a root). Its calls are made from here."""

    trace: Trace
    pod: Pod
    span: int
    parent: int

    @classmethod
    def root(cls, trace: Trace, pod: Pod) -> "Place":
        return cls(trace, pod, _new_id(trace), 0)

    def child(self, pod: Pod | None = None) -> "Place":
        """A span below this one, in the same pod or in the one that is called."""
        return Place(self.trace, pod or self.pod, _new_id(self.trace), self.span)

    @property
    def context(self) -> SpanContext:
        return self._context(self.span, remote=False)

    def app(
        self,
        name: str,
        kind: SpanKind,
        times: tuple[float, float],
        attributes: Attributes,
        *,
        status: Status = UNSET,
        remote: bool = False,
        events: tuple[Event, ...] = (),
        links: tuple[Link, ...] = (),
    ) -> None:
        """Record it as the application's. `remote`: its parent came in a header."""
        if not self.trace.lasts(times[1]):
            return
        start, end = self.trace.ns(times[0]), self.trace.ns(times[1])
        self._record(
            ReadableSpan(
                name,
                self.context,
                self._parent(remote),
                self.pod.app,
                attributes,
                events,
                links,
                kind,
                status=status,
                start_time=start,
                end_time=max(start, end),
                instrumentation_scope=_SCOPES[self.pod.service.language],
            )
        )

    def proxy(
        self,
        name: str,
        kind: SpanKind,
        times: tuple[float, float],
        attributes: Attributes,
        *,
        status: Status = UNSET,
        remote: bool = True,
    ) -> None:
        """Record it as the sidecar's or gateway's; Envoy's clock counts whole microseconds."""
        if not self.trace.lasts(times[1]):
            return
        start, end = (self.trace.ns(at) // 1000 * 1000 for at in times)
        self._record(
            ReadableSpan(
                name,
                self.context,
                self._parent(remote),
                self.pod.proxy,
                attributes,
                kind=kind,
                status=status,
                start_time=start,
                end_time=max(start, end),
                instrumentation_scope=_ENVOY,
            )
        )

    def _record(self, span: ReadableSpan) -> None:
        self.trace.spans.append(span)

    def _parent(self, remote: bool) -> SpanContext | None:
        return self._context(self.parent, remote=remote) if self.parent else None

    def _context(self, span: int, *, remote: bool) -> SpanContext:
        flags = _SAMPLED if self.trace.sampled else _UNSAMPLED
        return SpanContext(self.trace.id, span, remote, flags, self.trace.state)


def _new_id(trace: Trace) -> int:
    return trace.rng.getrandbits(64) | 1
