"""Recorded telemetry, sent again. A client of MeshUI like any other."""
