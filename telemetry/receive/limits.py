"""How much a sender may make the receivers hold at once."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`body_bytes` as sent, `inflated_bytes` after decompression, `in_flight_bytes` of all bodies being read together;
    `body_s`: the longest a started body may take to arrive."""

    body_bytes: int = 16 * MIB
    inflated_bytes: int = 64 * MIB
    in_flight_bytes: int = 256 * MIB
    body_s: float = 30.0
