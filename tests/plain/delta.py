"""The obvious twin of what a browser does with a delta (static/src/graph/delta.js); both pass tests/cases/deltas."""

from typing import Any

Json = dict[str, Any]


def apply(graph: Json, delta: Json) -> tuple[str, Json]:
    """`applied` and the graph after; or the same graph, and `old` (it holds this delta) or `gap` (one is missing)."""
    if graph["seq"] is None or delta["seq"] > graph["seq"] + 1:
        return "gap", graph
    if delta["seq"] <= graph["seq"]:
        return "old", graph
    return "applied", {
        "at": delta["at"],
        "window_s": delta["window_s"],
        "seq": delta["seq"],
        "nodes": _applied(graph["nodes"], delta["nodes"]),
        "edges": _applied(graph["edges"], delta["edges"]),
    }


def _applied(elements: list[Json], change: Json) -> list[Json]:
    by_id = {element["id"]: element for element in elements}
    for gone in change["remove"]:
        del by_id[gone]
    by_id.update({element["id"]: element for element in change["upsert"]})
    return sorted(by_id.values(), key=lambda element: str(element["id"]))
