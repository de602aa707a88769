"""How far a replay is: a bar that redraws itself on a terminal, a line for each file elsewhere."""

from typing import TextIO

_WIDTH = 28


class Progress:
    """`total` in bytes of all files."""

    def __init__(self, total: int, out: TextIO) -> None:
        self._total, self._out, self._done = max(1, total), out, 0.0
        self._bar = out.isatty()
        self._drawn = ""

    def line(self, text: str) -> None:
        """A sentence of its own, above the bar."""
        self._clear()
        print(text, file=self._out, flush=True)

    def advance(self, more: float, text: str) -> None:
        """So many more bytes are through."""
        self._done += more
        if not self._bar:
            return
        share = min(1.0, self._done / self._total)
        filled = round(share * _WIDTH)
        drawn = f"\r{'█' * filled}{'░' * (_WIDTH - filled)} {share:4.0%}  {text}"
        if drawn != self._drawn:
            self._clear()
            self._out.write(drawn)
            self._out.flush()
            self._drawn = drawn

    def close(self) -> None:
        self._clear()

    def _clear(self) -> None:
        if self._drawn:
            self._out.write("\r" + " " * len(self._drawn) + "\r")
            self._drawn = ""
