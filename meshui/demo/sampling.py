"""Head sampling by trace id, as OpenTelemetry's consistent probability samplers do it: every sender decides alike.

https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/"""

from dataclasses import dataclass

from opentelemetry.trace import TraceState

_RANDOM_BITS = 56
_RANDOM = (1 << _RANDOM_BITS) - 1


@dataclass(frozen=True, slots=True)
class Sampler:
    """A trace is kept when the last 56 bits of its id are not below `threshold`; `state` tells it to readers."""

    threshold: int
    state: TraceState

    def takes(self, trace_id: int) -> bool:
        return (trace_id & _RANDOM) >= self.threshold


def head(share: float) -> Sampler:
    """Keeps `share` (above 0, at most 1) of all traces, whatever becomes of them: failing ones are a sample too."""
    everything = 1 << _RANDOM_BITS
    threshold = everything - round(share * everything)
    digits = f"{threshold:0{_RANDOM_BITS // 4}x}".rstrip("0") or "0"
    return Sampler(threshold, TraceState([("ot", f"th:{digits}")]))
