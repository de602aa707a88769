"""A few connections of one purpose, each lent to one thread at a time: a connection runs one statement at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import Generic, Protocol, TypeVar

from telemetry.engine.engine import EngineError


class Closable(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


class Pool(Generic[C]):
    """Opens at most `size` connections, when first needed. Thread-safe; `take` waits for a free one."""

    def __init__(self, size: int, open_one: Callable[[], C]) -> None:
        self._open = open_one
        self._size = size
        self._free: LifoQueue[C | None] = LifoQueue()
        self._closed = False
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def take(self) -> Iterator[C]:
        """A connection of one's own until the block ends. Raises EngineError once closed."""
        one = self._free.get()
        try:
            if self._closed:
                raise EngineError("The engine is closed.")
            one = one or self._open()
            yield one
        finally:
            self._free.put(one)

    def close(self) -> None:
        """Waits for what runs, then closes every connection. Repeating it changes nothing."""
        self._closed = True
        held = [self._free.get() for _ in range(self._size)]
        for one in held:
            if one is not None:
                one.close()
            self._free.put(None)
