"""What a replay did, in numbers and in sentences."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from meshui.replay.batches import Body
from meshui.replay.posting import Posted


@dataclass(slots=True)
class Summary:
    """Counts by the name of the item. `unreadable`: files asked for by name that held nothing."""

    sent: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    files: int = 0
    unreadable: int = 0
    gave_up: str = ""

    @property
    def ok(self) -> bool:
        return bool(self.sent) and not self.refused and not self.unreadable and not self.gave_up

    def add(self, body: Body, posted: Posted) -> None:
        self.requests += 1
        if posted.taken:
            self.sent[body.signal.items] += posted.taken
        if posted.refused:
            self.refused[body.signal.items] += posted.refused
            self.reasons[posted.why] += 1

    def sentences(self) -> Iterator[str]:
        requests = "1 request" if self.requests == 1 else f"{self.requests:,} requests"
        files = "1 file" if self.files == 1 else f"{self.files:,} files"
        yield f"Sent {_list(self.sent) or 'nothing'} in {requests} from {files}; refused {_list(self.refused) or '0'}."
        for reason, times in self.reasons.most_common(5):
            yield f"  {times:,} × {reason}"
        if self.gave_up:
            yield f"Stopped: {self.gave_up}"


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
