"""A believable mesh that sends OTLP. A client of MeshUI like any other."""
