"""Who makes names without end is warned of where a person looks, as long as it goes on."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from meshui.running import Running
from telemetry.rollup.bounds_series import SeriesBounds
from telemetry.rollup.metrics import read_series
from telemetry.window import bucket_of
from tests.build import counter, load, metrics, point, resource

FIVE_MINUTES = timedelta(minutes=5)


def over(running: Running, at: datetime, what: str, signal: str) -> None:
    row = {"at": at.replace(microsecond=0), "what": what, "id": "shop/web", "signal": signal, "n": 1234}
    running.engine.insert_rows("crowded", [row | {"example": "-/h.example" if what == "host" else "GET /1"}])


@pytest.mark.parametrize(
    ("what", "signal", "kind", "words"),
    [
        pytest.param("operation", "traces", "too_many_operations", "from http.route or the span's name.", id="spans"),
        pytest.param("operation", "logs", "too_many_operations", "1,234 more, like GET /1, are counted", id="logs"),
        pytest.param("host", "metrics", "too_many_hosts", "1,234 more, like h.example, are counted", id="hosts"),
    ],
)
def test_names(client: Client, running: Running, now: datetime, what: str, signal: str, kind: str, words: str) -> None:
    over(running, now - FIVE_MINUTES, what, signal)
    (warning,) = client.get("/api/v1/status").json()["warnings"]
    assert warning["kind"] == kind
    assert "more than 200" in warning["text"]
    assert words in warning["text"]


def test_names_of_an_hour_ago_are_past(client: Client, running: Running, now: datetime) -> None:
    over(running, now - timedelta(hours=1), "operation", "traces")
    assert client.get("/api/v1/status").json()["warnings"] == []


@pytest.mark.parametrize(("ago", "warned"), [(FIVE_MINUTES, 1), (timedelta(hours=1), 0)], ids=["still sent", "silent"])
def test_label_sets(
    client: Client, running: Running, now: datetime, tmp_path: Path, ago: timedelta, warned: int
) -> None:
    at = now - ago
    points = [point(1, at=at, attributes={"reporter": "source", "destination_service": f"h{n}"}) for n in range(7)]
    sent = metrics(resource("web", namespace="shop", instance="web-7d"), counter("istio_requests_total", *points))
    load(running.engine, tmp_path, sent, received=at)
    read_series(running.engine, bucket_of(at), bucket_of(at), SeriesBounds(sender=3))
    found = client.get("/api/v1/status").json()["warnings"]
    text = (
        "shop/web (web-7d): istio_requests_total has 7 label sets; its label destination_service alone has 7 values. "
        "4 of them are counted as `other`."
    )
    assert [each["text"] for each in found] == warned * [text]
