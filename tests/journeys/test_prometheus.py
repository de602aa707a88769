"""Debian's Prometheus writes to a MeshUI that is away, then full, then there: no scrape is lost. And MeshUI scrapes."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from meshui.bench.server import Server, free_ports, started
from tests.served import Page, served
from tests.waiting import until

PROMETHEUS = shutil.which("prometheus")
TWO = "io.prometheus.write.v2.Request"
SCRAPES = 5
QUERY = """
import json, sys
from pathlib import Path
from telemetry.engine.embedded import open_embedded
engine = open_embedded(Path(sys.argv[1]))
print(json.dumps(engine.query(sys.argv[2])))
engine.close()
"""
CONFIGURATION = """
global: {{scrape_interval: 1s, external_labels: {{cluster: east, prometheus_replica: a}}}}
scrape_configs: [{{job_name: shop/cart, static_configs: [{{targets: ["{target}"]}}]}}]
remote_write:
- url: http://127.0.0.1:{port}/api/v1/write
  {protobuf}
  queue_config: {{batch_send_deadline: 200ms, min_backoff: 50ms, max_backoff: 500ms}}
  metadata_config: {{send_interval: 1s}}
"""


def version() -> int:
    """Its major version; skips where it is not installed."""
    if PROMETHEUS is None:
        pytest.skip("no prometheus is installed: apt-get install prometheus")
    said = subprocess.run([PROMETHEUS, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"version (\d+)", said.stdout + said.stderr)
    assert found is not None
    return int(found[1])


@contextmanager
def prometheus(folder: Path, target: str, port: int, protobuf: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One that scrapes `target` each second and writes to `port` of this machine."""
    assert PROMETHEUS is not None
    folder.mkdir()
    path = folder / "prometheus.yml"
    path.write_text(CONFIGURATION.format(target=target, port=port, protobuf=protobuf))
    (web,) = free_ports(1)
    command = [
        PROMETHEUS, f"--config.file={path}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{web}", "--log.level=warn",
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield child
        finally:
            child.terminate()
            child.wait(60)


def counting() -> Page:
    """A proxy's page whose counter is the number of its scrapes, so that each one lost would show."""

    def body(scrape: int) -> bytes:
        return (
            f"# TYPE scrapes_total counter\nscrapes_total {scrape}\n"
            f"# TYPE envoy_cluster_upstream_rq counter\nenvoy_cluster_upstream_rq {scrape}\n"
        ).encode()

    return Page(body=body)


def asked(directory: Path, sql: str) -> list[dict[str, Any]]:
    """Rows of a stopped server's engine."""
    command = [sys.executable, "-c", QUERY, str(directory / "engine"), sql]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


@pytest.mark.parametrize("protobuf", ["", f"protobuf_message: {TWO}"], ids=["1.0", "2.0"])
def test_a_prometheus_loses_no_scrape(tmp_path: Path, protobuf: str) -> None:
    if version() < 3 and protobuf:
        pytest.skip("this prometheus writes 1.0 only; 3 and later write 2.0 as well")
    (port,) = free_ports(1)
    directory, where = tmp_path / "data", {"OTLP_HTTP": f"127.0.0.1:{port}"}
    with served(counting()) as page:
        with prometheus(tmp_path / "prometheus", page.address, port, protobuf):
            until(lambda: page.scrapes >= SCRAPES, "scrapes while MeshUI is away")
            full = started(directory, SPOOL_MAX_BYTES="100B", **where)
            until(lambda: refusals(full) >= 2, "writes refused by a full spool")
            assert full.stop() == 0
            running = started(directory, **where)
            before = page.scrapes
            until(lambda: page.scrapes >= before + SCRAPES, "scrapes while MeshUI takes them")
        last = page.scrapes
        assert running.stop() == 0
    rows = asked(
        directory, "SELECT DISTINCT value FROM points WHERE metric = 'scrapes_total' AND NOT flags ORDER BY value"
    )
    values = [int(row["value"]) for row in rows]
    assert values == list(range(1, len(values) + 1))
    assert len(values) >= last - 1, "the last scrape may be one that nobody wrote any more"
    (series,) = asked(directory, "SELECT DISTINCT attributes, type FROM points WHERE metric = 'scrapes_total'")
    assert series == {
        "attributes": {"cluster": "east", "instance": page.address, "job": "shop/cart"}, "type": "sum",
    }  # fmt: skip
    told = asked(
        directory, "SELECT type FROM points WHERE metric = 'envoy_cluster_upstream_rq' ORDER BY ts DESC LIMIT 1"
    )
    assert told == [{"type": "sum"}]


def refusals(server: Server) -> int:
    """503s that a Prometheus got."""
    recently = server.get("/api/v1/status")["ingest"]["rejected_recently"]
    return sum(no["count"] for no in recently if no["status"] == 503 and "Prometheus" in no["sender"])


def test_meshui_scrapes_and_says_who_is_down(tmp_path: Path) -> None:
    with served(counting()) as page:
        (nobody,) = free_ports(1)
        targets = tmp_path / "envoys.json"
        targets.write_text(json.dumps([{"targets": [page.address], "labels": {"app": "cart", "namespace": "shop"}}]))
        server = started(tmp_path / "data", SCRAPE=f"file_sd:{targets},http://127.0.0.1:{nobody}")
        receiver = until(lambda: scraped(server), "both targets tried")
        assert receiver["address"] == "1 of 2 targets"
        up, down = sorted(receiver["targets"], key=lambda target: target["up"], reverse=True)
        assert (up["labels"]["job"], up["samples"], up["error"]) == ("envoys", 3, None)
        assert "cannot be reached" in down["error"]
        (warning,) = [w for w in server.get("/api/v1/status")["warnings"] if w["kind"] == "scrape_down"]
        assert str(nobody) in warning["text"]
        assert server.stop() == 0
    rows = asked(tmp_path / "data", "SELECT DISTINCT metric, value, type, attributes['app'] AS app FROM points")
    assert {"metric": "scrapes_total", "value": 1.0, "type": "sum", "app": "cart"} in rows
    assert {(row["app"], row["value"]) for row in rows if row["metric"] == "up"} == {("cart", 1.0), ("", 0.0)}


def scraped(server: Server) -> dict[str, Any] | None:
    """The scraper's row of /status once every target was tried."""
    for receiver in server.get("/api/v1/status")["receivers"]:
        if receiver["protocol"] == "scrape" and all(target["up"] is not None for target in receiver["targets"]):
            found: dict[str, Any] = receiver
            return found
    return None
