"""Why a failure began where it did, in one sentence: who did what, by whose side's flag, and who is not to blame."""

from collections.abc import Sequence

from telemetry.health.words import milliseconds
from telemetry.outcome import FLAGS
from telemetry.span import Span
from telemetry.traces.skew import gave_up
from telemetry.traces.telling import Telling, details, happened, lowered
from telemetry.traces.tree import ENTERS

_NEVER_SAID = ("UO", "URX")
_CLOSED = "It may have crashed, or met plaintext where it expects TLS"
_BY_DETAILS = (
    ("CERTIFICATE_VERIFY_FAILED", "the certificate of the called side is not the one that was expected"),
    ("TLS_error", "the TLS handshake failed"),
    ("Connection_refused", "the connection was refused"),
    ("connection_timeout", "no connection was made in time"),
)


def cause(say: Telling, index: int, above: Sequence[int]) -> str:
    """The sentence for span `index`, without a full stop; `above` are the spans over it, the nearest first."""
    span = say.trace.spans[index]
    if span.role == "local":
        return f"{say.who(index)} failed in {span.operation}{_because(say, index)}"
    if "DC" in span.flags or "DR" in span.flags or span.code == 499 or span.grpc == 1:
        return _left(say, index)
    told = _of_call(say, index) if span.role in ("out", "relay", "send") else _of_receiver(say, index, above)
    return told + _retries(say, above)


def _left(say: Telling, index: int) -> str:
    span = say.trace.spans[index]
    took = milliseconds(span.duration_ns / 1e6)
    flag = f" ({span.flags[0]})" if span.flags else ""
    if span.role == "out":
        return f"{say.who(index)} gave up its call of {say.called(index)} after {took}{flag}, before the answer"
    return f"The client of {span.node} left after {took}{flag}, before {say.asked(index)} was answered"


def _of_receiver(say: Telling, index: int, above: Sequence[int]) -> str:
    span = say.trace.spans[index]
    ended, asked = say.ended(index), say.asked(index)
    if "UC" in span.flags and span.proxy:
        return (
            f"{say.who(index)} closed the connection before it answered {asked};"
            f" its own proxy answered {ended} (UC). {_CLOSED}"
        )
    if span.proxy and details(span).startswith("rbac_access_denied"):
        caller = next((say.trace.spans[at].node for at in above if say.trace.spans[at].node != span.node), "")
        return f"{say.itself(index)} denied {caller or 'its caller'} {asked}: no policy allows it (RBAC, {ended})"
    refused = [flag for flag in span.flags if span.proxy]
    if refused:
        return f"{say.itself(index)} answered {ended or 'nothing'} to {asked}: {_flagged(span, refused[0])}"
    if ended:
        return f"{say.who(index)} answered {ended} to {asked}{_because(say, index)}"
    return f"{say.who(index)} failed at {asked}{_because(say, index)}"


def _of_call(say: Telling, index: int) -> str:
    span, called = say.trace.spans[index], say.called(index)
    answering = say.answering(index)
    if gave_up(span) or _timed_out(span):
        return _cut(say, index, answering)
    own = say.itself(index)
    if span.proxy and span.flags:
        reached = "" if span.arrived else f"; {called} was never reached"
        flag = next((one for one in span.flags if one in FLAGS and one != "URX"), span.flags[0])
        why = f"{_flagged(span, flag)}. {_CLOSED}" if flag == "UC" else f"{_flagged(span, flag)}{reached}"
        return f"{own} answered {say.ended(index) or 'nothing'} to the call of {called}: {why}"
    ended = say.ended(index)
    if answering is None:
        if not ended:
            return f"{say.who(index)} failed to call {called}{_because(say, index)}"
        return f"{called} answered {ended} to {say.who(index)}{_because(say, index)}; none of its spans has arrived"
    theirs = _theirs(say, answering)
    return f"{own} counts its call of {called} as failed{_because(say, index)}; {called} itself {theirs}"


def _cut(say: Telling, index: int, answering: int | None) -> str:
    span, called = say.trace.spans[index], say.called(index)
    flag = next((one for one in span.flags if one in FLAGS), "") or say.ended(index) or "timeout"
    after = milliseconds(span.duration_ns / 1e6)
    text = f"{say.who(index)} gave up on {called} after {after}: {_why_cut(span)} ({flag})"
    if answering is None:
        return f"{text}; no answer of {called} is known"
    return f"{text}; {called} itself {_theirs(say, answering)}"


def _why_cut(span: Span) -> str:
    flag = next((one for one in span.flags if one in FLAGS), "")
    return lowered(FLAGS[flag].happened) if flag else "its own time limit was reached"


def _theirs(say: Telling, index: int) -> str:
    """`answered 200 after 803 ms`, of the application if it sent spans: its proxy only knows that it was cut."""
    spans = say.trace.spans
    while spans[index].proxy:
        own = [child for child in say.children[index] if spans[child].role in ENTERS]
        if not own:
            break
        index = own[0]
    took, ended = milliseconds(spans[index].duration_ns / 1e6), say.ended(index)
    if gave_up(spans[index]) or (spans[index].proxy and not ended):
        return f"had not answered by then ({took})"
    return f"answered {ended} after {took}" if ended else f"was done after {took}"


def _timed_out(span: Span) -> bool:
    return "timeout" in f"{span.status_message} {span.attributes.get('error.type', '')}".lower()


def _flagged(span: Span, flag: str) -> str:
    """The flag in words; what its details know better comes instead of the flag's own."""
    known = next((words for part, words in _BY_DETAILS if part in details(span)), "")
    return f"{known} ({flag})" if known else happened(flag)


def _because(say: Telling, index: int) -> str:
    told = say.told(index)
    return f": {told}" if told else ""


def _retries(say: Telling, above: Sequence[int]) -> str:
    """That retries did not help, by what the nearest proxy above says of them."""
    spans = say.trace.spans
    for at in above:
        if judged := [flag for flag in spans[at].flags if flag in _NEVER_SAID]:
            flag = judged[0]
            words = "all retries were used up" if flag == "URX" else "no retry was left in the circuit breaker"
            return f"; {words} ({flag}, {say.itself(at)})"
    return ""
