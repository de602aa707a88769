"""How a segment's file becomes rows: one INSERT into the landing table of its signal, read by a schema of ours.

Ours, so that types may be chosen: a sub-message declared `bytes` arrives as its bytes, whatever its depth. The tables
of migrations/0001_landing.sql and 0014_write.sql mirror the messages of protos/."""

from pathlib import Path

from telemetry.engine import statement
from telemetry.engine.engine import Signal

# By file, not as text in the statement: chDB keeps a copy of such text in a folder of the working directory.
_PROTOS = (Path(__file__).parent / "protos").absolute()
_COLUMNS = {
    Signal.TRACES: "resource_spans", Signal.METRICS: "resource_metrics", Signal.LOGS: "resource_logs",
    Signal.WRITE: "one, families, two",
}  # fmt: skip

# The views read nothing that a better plan would spare, and are planned again for each INSERT: 50 ms of CPU less.
_NO_SEARCH = (
    "optimize_and_compare_chain = 0, optimize_redundant_comparisons = 0, query_plan_enable_optimizations = 0,"
    " compile_expressions = 0"
)


def insert_sql(signal: Signal, path: Path, token: str) -> str:
    """FROM INFILE, not a streamed insert: only this raises what goes wrong after parsing (reference/engine.md §1)."""
    return (
        f"INSERT INTO landing_{signal} ({_COLUMNS[signal]}, segment, received, peer, spool)"
        f" FROM INFILE {statement.quote(str(path.absolute()))}"
        f" SETTINGS format_schema = {statement.quote(f'{_PROTOS / signal}.proto:T')},"
        " input_format_protobuf_oneof_presence = 1,"
        f" insert_deduplicate = 1, insert_deduplication_token = {statement.quote(token)},"
        " deduplicate_blocks_in_dependent_materialized_views = 1, throw_on_max_partitions_per_insert_block = 0,"
        f" {_NO_SEARCH}"
        " FORMAT Protobuf"
    )
