"""What can be wrong with the mesh: a scenario is a sentence and the faults that are on while it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with `target`; only with its `version`, only for calls from `source`, where these are given.

    `fails`: share the application answers with `code`. `unhealthy`: share that finds no healthy host (503 UH).
    `slower`: factor on its own time. `plaintext`: the call is not mutual TLS. `share`: of the traffic, to `version`."""

    target: str
    version: str = ""
    source: str = ""
    fails: float = 0.0
    code: int = 500
    message: str = ""
    unhealthy: float = 0.0
    slower: float = 1.0
    plaintext: bool = False
    share: float | None = None

    def hits(self, target: str, version: str = "", source: str = "") -> bool:
        return self.target == target and self.version in {"", version} and (not self.source or self.source == source)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`name` as `--scenario` takes it, `sentence` as the page says it; `traffic` multiplies the rate of requests."""

    name: str
    sentence: str
    faults: tuple[Fault, ...] = ()
    traffic: float = 1.0
    lasts_s: float = 120.0
