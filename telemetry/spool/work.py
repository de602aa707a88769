"""One segment on its way into the engine, step by step: each step is one INSERT, and any step may be the last before
a crash. Then the next process finds the file, asks `loaded`, and if that knows nothing starts over with clean tables.

A refused segment is tried re-serialised, then in halves, until what is refused is one record: that one goes to
quarantine. The engine knows rows of a segment, not of a piece; so where a refused piece left rows behind, all rows of
the segment go, the pieces known to be good are loaded again, and only the refused one is halved."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from telemetry.engine.engine import Engine, Refused
from telemetry.spool import segment as form
from telemetry.spool.identity import write_atomically
from telemetry.spool.quarantine import Quarantine, Reason
from telemetry.spool.reserialise import reserialised
from telemetry.spool.sealed import Segment
from telemetry.spool.targets import Rows, Targets

Piece = tuple[int, int]
"""Records [from, to) of a segment."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a piece of work needs of its surroundings."""

    engine: Engine
    targets: Targets
    quarantine: Quarantine


class Work:
    """Call `step` until it answers True. It raises EngineError or OSError where the same step may be repeated."""

    def __init__(self, segment: Segment, parts: Parts, newest: int) -> None:
        """`newest`: the number of the newest segment there is; tokens are sure to be known for some time from there."""
        self.segment = segment
        self.sure_at = newest
        self.failures = 0
        self.not_before = 0.0
        self._engine, self._targets, self._quarantine = parts.engine, parts.targets, parts.quarantine
        self._unsure = segment.leftover
        self._clean = True
        self._k = 0
        self._records: list[bytes] | None = None
        self._todo: list[Piece] | None = None
        self._good: list[Piece] = []
        self._before: Rows | None = None
        self._stored = False

    def doubt(self, newest: int) -> None:
        """The engine may have forgotten this segment's tokens: ask, and start over, before the next INSERT."""
        self.sure_at = newest
        self._unsure = not self._stored

    def step(self, at: datetime) -> bool:
        """One INSERT. True when the engine has the segment and says so in `loaded`."""
        if self._unsure:
            if self._targets.is_loaded(self.segment):
                return True
            self._clean, self._unsure = False, False
        if not self._clean:
            self._start_over()
        if not self._stored:
            self._insert(at)
        if not self._stored:
            return False
        self._targets.mark_loaded(self.segment, at)
        return True

    def refused(self, error: Exception, at: datetime) -> None:
        """The data of the current step is at fault: take the next smaller step."""
        if self._records is None:
            data = self.segment.path.read_bytes()
            self._records = [data[record.body : record.end] for record in form.records(data)]
            self._clean = False
        elif self._todo is None:
            self._todo = [(0, len(self._records))]
            self._divide(error, at)
            self._clean = False
        else:
            leftovers = self._targets.rows(self.segment) != self._before
            self._divide(error, at)
            self._clean = not leftovers
        self._before = None
        self.failures = 0

    def tidy(self) -> None:
        """The segment is done with: take away what stands beside it."""
        self._piece_path.unlink(missing_ok=True)
        self._k_path.unlink(missing_ok=True)

    @property
    def _piece_path(self) -> Path:
        return self.segment.folder / f"{self.segment.token}.piece"

    @property
    def _k_path(self) -> Path:
        return self.segment.folder / f"{self.segment.token}.k"

    def _start_over(self) -> None:
        """No row of this segment anywhere, and tokens never used before: a deleted block's token still suppresses."""
        if self._k_path.exists():
            self._k = max(self._k, int(json.loads(self._k_path.read_bytes())["k"]))
        self._k += 1
        write_atomically(self._k_path, json.dumps({"k": self._k}).encode())
        self._targets.delete(self.segment)
        if self._todo is None:
            self._quarantine.forget(self.segment)
        else:
            self._todo = sorted(self._good + self._todo)
            self._good = []
        self._before = None
        self._clean = True

    def _token(self, piece: Piece | None) -> str:
        token = self.segment.token
        if self._k:
            token += f"/r{self._k}"
        return token if piece is None else f"{token}/{piece[0]}-{piece[1]}"

    def _insert(self, at: datetime) -> None:
        if self._todo is not None and not self._todo:
            self._stored = True  # every record lies in quarantine
            return
        piece = self._todo[0] if self._todo else None
        if piece is not None and self._before is None:
            self._before = self._targets.rows(self.segment)
        try:
            self._engine.insert(self.segment.signal, self._file(piece), self._token(piece))
        except Refused as refused:
            self.refused(refused, at)
            return
        self.failures = 0
        if self._todo is None:
            self._stored = True
            return
        self._good.append(self._todo.pop(0))
        self._before = None
        self._stored = not self._todo

    def _file(self, piece: Piece | None) -> Path:
        """What the engine reads: the segment itself while nothing was refused, else the records of a piece."""
        if self._records is None:
            return self.segment.path
        first, last = piece or (0, len(self._records))
        with self._piece_path.open("wb") as file:
            file.writelines(reserialised(self.segment.signal, record) for record in self._records[first:last])
        return self._piece_path

    def _divide(self, error: Exception, at: datetime) -> None:
        """The first piece is refused: two halves in its place, or quarantine for a single record."""
        assert self._todo is not None  # noqa: S101  for the type checker
        assert self._records is not None  # noqa: S101
        first, last = self._todo[0]
        if last - first > 1:
            middle = (first + last) // 2
            self._todo[:1] = [(first, middle), (middle, last)]
            return
        record = self._records[first]
        reason = Reason(at, self.segment.token, first, self.segment.signal, getattr(error, "code", 0), str(error))
        self._quarantine.put(form.framed(record), reason)
        del self._todo[0]


def clean_up(folder: Path) -> None:
    """Remove what stands beside segments that are gone, and pieces of any: they are made again when needed."""
    tokens = {path.name.partition(".")[0] for path in folder.glob("*.seg")}
    for path in folder.glob("*.piece"):
        path.unlink()
    for path in folder.glob("*.k"):
        if path.stem not in tokens:
            path.unlink()
