"""One viewer: an open WebSocket on the live graph, as a browser has it, in a thread of its own."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from websockets.sync.client import connect

Seen = Callable[[dict[str, Any], float], None]


class Viewer:
    """Reads every push from `/ws/graph/?window=60s` until closed; `seen` gets each message and when it came."""

    def __init__(self, port: int, seen: Seen | None = None) -> None:
        self._socket = connect(f"ws://127.0.0.1:{port}/ws/graph/?window=60s", max_size=None, compression=None)
        self._seen = seen
        self.messages = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()
        self._thread.join(5)

    def _read(self) -> None:
        for text in self._socket:
            at = time.time()
            self.messages += 1
            if self._seen is not None:
                self._seen(json.loads(text), at)
