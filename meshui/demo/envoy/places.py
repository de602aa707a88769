"""Where each part of the mesh listens: ports that stay ours while the part is away."""

import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meshui.demo.envoy.topology import INSTANCES, Instance, serving

HOST = "127.0.0.1"
_FOLDER = "meshui-envoy-"


@dataclass(frozen=True, slots=True)
class Place:
    """Ports of one instance: its Envoy's (arrivals, calls, one a TCP service it calls) and its application's.

    `admin`: a socket file, so that nobody else's port is needed."""

    arrivals: int
    calls: int
    app: int
    tcp: Mapping[str, int]
    admin: Path


def own_folder(among: Path) -> Path:
    """A new one, readable by nobody else; those of demos that were killed, which had no time to, are removed."""
    for left in among.glob(f"{_FOLDER}*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=among))


class Ports:
    """Ports nobody else gets: each is held by a bound socket that never listens, beside which SO_REUSEPORT lets our own
    processes listen, and which refuses connections while they don't."""

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def take(self) -> int:
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((HOST, 0))
        self._held.append(held)
        port: int = held.getsockname()[1]
        return port

    def close(self) -> None:
        for each in self._held:
            each.close()


def places(ports: Ports, folder: Path) -> dict[str, Place]:
    """One for each instance, by its id."""
    return {each.id: _place(each, ports, folder) for each in INSTANCES}


def _place(instance: Instance, ports: Ports, folder: Path) -> Place:
    tcp = [called for called in instance.calls if serving(called)[0].speaks == "tcp"]
    return Place(
        ports.take(), ports.take(), ports.take(), {each: ports.take() for each in tcp}, folder / f"{instance.id}.sock"
    )
