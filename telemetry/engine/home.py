"""Which cluster is home: ids of its services name no cluster (rules.md, Names and ids)."""

from telemetry.engine.engine import Engine


def learn_home(engine: Engine, name: str) -> None:
    """Take a cluster as home, '' for none but the literal `Kubernetes`. What was stored under another name stays there.

    Series of metrics are read again from their next point on, since what they say of clusters means another."""
    known = [row["name"] for row in engine.query("SELECT name FROM home_clusters")]
    wanted = [name] if name else []
    if known == wanted:
        return
    engine.execute("TRUNCATE TABLE home_clusters")
    if wanted:
        engine.insert_rows("home_clusters", [{"name": name, "home": 1} for name in wanted])
    for table in ("readings", "named_twice"):
        engine.execute(f"TRUNCATE TABLE {table}")
