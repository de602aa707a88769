"""Which row of a pair counts in a bucket, said slowly: the lowest rank among those that hold the bucket against it."""

from dataclasses import dataclass

HOLDS_S = 20
INTERVAL_S = 15


@dataclass(frozen=True)
class Row:
    """`counter`: it comes from a counter, which says something of every bucket it covers."""

    bucket: int
    dialect: str
    rank: int
    protocol: str
    counter: bool
    requests: int


def counting(rows: list[Row]) -> set[tuple[int, str, str]]:
    """Keys (bucket, protocol, dialect) of the rows that count."""
    found = set()
    for row in rows:
        rivals = [
            other.rank for other in rows if (other.protocol == "tcp") == (row.protocol == "tcp") and _holds(other, row)
        ]
        if row.rank == min(rivals):
            found.add((row.bucket, row.protocol, row.dialect))
    return found


def _holds(other: Row, row: Row) -> bool:
    """Whether `other` speaks for the bucket of `row`."""
    behind = row.bucket - other.bucket
    if other.counter:
        return behind == 0
    if row.counter:
        return abs(behind) <= max(HOLDS_S, 2 * INTERVAL_S)
    return 0 <= behind <= HOLDS_S
