"""What a process costs, read from /proc: CPU seconds, resident bytes now and at most."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds since the process began; resident MiB now and at most."""

    cpu_s: float
    resident_mib: float
    peak_mib: float


def cost(pid: int) -> Cost:
    """Raises FileNotFoundError where there is no /proc (the benches measure on Linux) or no such process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    sizes = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)

    def mib(name: str) -> float:
        return int(sizes[name].split()[0]) / 1024

    return Cost((int(fields[11]) + int(fields[12])) / _TICKS, mib("VmRSS"), mib("VmHWM"))


def percentile(values: list[float], q: float) -> float:
    """The nearest-rank percentile; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]
