"""Asking a running server for one element of its live graph."""

from typing import Any

from meshui.bench.server import Server


def edge(mesh: Server, edge_id: str) -> dict[str, Any]:
    """The edge as the API gives it; empty while there is none."""
    return next((edge for edge in mesh.get("/api/v1/graph")["edges"] if edge["id"] == edge_id), {})
