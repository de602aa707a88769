"""A page of metrics → a write request: names, types, times and labels as a Prometheus that scraped it would send."""

import gzip
import math
import re
from collections import Counter
from typing import Any

import pytest

from meshui.scrape.page import KINDS, Unreadable, down, read
from telemetry.engine.prometheus import COUNTER, GAUGE, HISTOGRAM, SUMMARY
from tests.data import data_folder

AT = 1_700_000_000_000
TARGET = (("instance", "a:1"), ("job", "j"))
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def samples(request: Any) -> dict[tuple[str, ...], tuple[float, int, int, int]]:
    """Texts of each series but the target's → value, time, start, type; without `up`."""
    found = {}
    for series in request.timeseries:
        texts = [request.symbols[ref] for ref in series.labels_refs]
        labels = dict(zip(texts[::2], texts[1::2], strict=True))
        assert (labels.pop("job"), labels.pop("instance")) == ("j", "a:1")
        name = labels.pop("__name__")
        (sample,) = series.samples
        key = (name, *(f"{k}={v}" for k, v in labels.items()))
        found[key] = (sample.value, sample.timestamp, sample.start_timestamp, series.metadata.type)
    assert found.pop(("up",))[0] == 1.0
    return found


def test_text_of_every_type() -> None:
    page = """
# HELP rq_total Requests.
# TYPE rq_total counter
rq_total{code="200",empty=""} 5 1600000000123
# TYPE temperature gauge
temperature -3.5
# TYPE took histogram
took_bucket{le="0.5"} 1
took_bucket{le="+Inf"} 2
took_sum 7
took_count 2
# TYPE size summary
size{quantile="0.5"} NaN
size_sum 1
size_count 1
plain 4
"""
    found = samples(read(page, "text/plain; version=0.0.4", TARGET, AT))
    assert math.isnan(found.pop(("size", "quantile=0.5"))[0])
    assert found == {
        ("rq_total", "code=200"): (5.0, 1600000000123, 0, COUNTER),
        ("temperature",): (-3.5, AT, 0, GAUGE),
        ("took_bucket", "le=0.5"): (1.0, AT, 0, HISTOGRAM),
        ("took_bucket", "le=+Inf"): (2.0, AT, 0, HISTOGRAM),
        ("took_sum",): (7.0, AT, 0, HISTOGRAM),
        ("took_count",): (2.0, AT, 0, HISTOGRAM),
        ("size_sum",): (1.0, AT, 0, SUMMARY),
        ("size_count",): (1.0, AT, 0, SUMMARY),
        ("plain",): (4.0, AT, 0, 0),
    }


def test_a_counter_keeps_the_name_it_has() -> None:
    """Envoy has both, and they count differently: with `_total` added the one would be the other."""
    page = """# TYPE envoy_cluster_upstream_rq counter
envoy_cluster_upstream_rq{envoy_response_code="200"} 7
# TYPE envoy_cluster_upstream_rq_total counter
envoy_cluster_upstream_rq_total{} 9
"""
    assert samples(read(page, "text/plain", TARGET, AT)) == {
        ("envoy_cluster_upstream_rq", "envoy_response_code=200"): (7.0, AT, 0, COUNTER),
        ("envoy_cluster_upstream_rq_total",): (9.0, AT, 0, COUNTER),
    }


def test_openmetrics_says_when_counting_began() -> None:
    page = """# TYPE rq counter
rq_total{code="200"} 5.0
rq_created{code="200"} 1600000000.5
# TYPE took histogram
# UNIT took_seconds seconds
took_seconds_bucket{le="1.0"} 1 # {trace_id="a"} 0.5
took_seconds_bucket{le="+Inf"} 1
took_seconds_sum 1.0
took_seconds_count 1
took_seconds_created 1600000001
# EOF
""".replace("# TYPE took histogram", "# TYPE took_seconds histogram")
    request = read(page, OPENMETRICS, TARGET, AT)
    found = samples(request)
    assert found[("rq_total", "code=200")] == (5.0, AT, 1600000000500, COUNTER)
    assert {key[0]: value[2] for key, value in found.items() if key[0].startswith("took")} == dict.fromkeys(
        ("took_seconds_bucket", "took_seconds_sum", "took_seconds_count"), 1600000001000
    )
    assert len(found) == 5
    units = {request.symbols[series.metadata.unit_ref] for series in request.timeseries}
    assert units == {"", "seconds"}


def test_a_label_of_the_targets_wins_and_the_pages_is_kept_apart() -> None:
    (key,) = samples(read('a{job="other",x="y"} 1\n', "", TARGET, AT))
    assert key == ("a", "exported_job=other", "x=y")


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        pytest.param("a{", "text/plain", id="a broken line"),
        pytest.param("<html>\n", "text/html", id="a page for people"),
        pytest.param("a 1\n", OPENMETRICS, id="OpenMetrics without its end"),
    ],
)
def test_what_is_no_page_says_so(page: str, kind: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(page, kind, TARGET, AT)
    assert str(raised.value)


def test_a_target_that_is_down_is_not_up() -> None:
    (series,) = down(TARGET, AT).timeseries
    assert (series.samples[0].value, series.samples[0].timestamp, series.metadata.type) == (0.0, AT, GAUGE)


@pytest.mark.parametrize(
    "name",
    ["parser-237-families.txt.gz", "linkerd-proxy-opaque-pod.txt", "istio-ztunnel-bookinfo.txt",
     "istio-sidecar-excerpt.txt", "openmetrics-histogram.txt"],
)  # fmt: skip
def test_recorded_pages_lose_no_line(name: str) -> None:
    """As many series of each name as the page has lines that begin with it."""
    path = data_folder("fixtures") / "metrics" / "prometheus" / name
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    wanted = Counter(line.partition("{")[0].partition(" ")[0] for line in lines)
    request = read(text, OPENMETRICS if name.startswith("openmetrics") else "text/plain", (), AT)
    made: Counter[str] = Counter()
    for series in request.timeseries:
        texts = [request.symbols[ref] for ref in series.labels_refs]
        made[texts[texts.index("__name__") + 1]] += len(series.samples)
    made["up"] -= 1
    assert +made == wanted
    assert len(wanted) > 0


def test_237_families_keep_their_types() -> None:
    path = data_folder("fixtures") / "metrics" / "prometheus" / "parser-237-families.txt.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    declared = dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE"))
    assert len(declared) == 237
    request = read(text, "text/plain", (), AT)
    seen = set()
    for series in request.timeseries:
        texts = [request.symbols[ref] for ref in series.labels_refs]
        name = texts[texts.index("__name__") + 1]
        family = name if name in declared else re.sub("_(bucket|sum|count)$", "", name)
        if family in declared:
            assert KINDS.get(declared[family], 0) == series.metadata.type, name
            seen.add(family)
    assert seen == set(declared)
