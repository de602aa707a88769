"""Which row of a pair counts in a bucket, said slowly: the lowest rank among those that hold the bucket."""

from dataclasses import dataclass

HOLDS_S = 20


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
            other.rank
            for other in rows
            if (other.protocol == "tcp") == (row.protocol == "tcp")
            and 0 <= row.bucket - other.bucket <= (0 if other.counter else HOLDS_S)
        ]
        if row.rank == min(rivals):
            found.add((row.bucket, row.protocol, row.dialect))
    return found
