"""Entries of MESHUI_SCRAPE: URLs, and files in Prometheus's own form, read again when they change."""

from pathlib import Path

import pytest

from meshui import config
from meshui.scrape.target import Files, Wrong, checked, fixed, listed


@pytest.mark.parametrize(
    ("entry", "url", "labels"),
    [
        pytest.param("http://cart:4191", "http://cart:4191/metrics", {"job": "cart"}, id="a bare address"),
        pytest.param("http://cart:4191/", "http://cart:4191/metrics", {"job": "cart"}, id="a slash"),
        pytest.param("https://h:1/a/b?x=1", "https://h:1/a/b?x=1", {"job": "h"}, id="path and query"),
        pytest.param(
            "http://10.0.0.7:9901/stats/prometheus#app=cart&namespace=shop&job=envoy",
            "http://10.0.0.7:9901/stats/prometheus",
            {"app": "cart", "namespace": "shop", "job": "envoy"},
            id="labels",
        ),
        pytest.param("http://[::1]:1/m", "http://[::1]:1/m", {"job": "::1"}, id="an address of version 6"),
    ],
)
def test_a_url(entry: str, url: str, labels: dict[str, str]) -> None:
    target = fixed(entry)
    assert target.url == url
    assert dict(target.labels) == {"instance": url.split("/")[2]} | labels


@pytest.mark.parametrize("entry", ["cart:9901", "ftp://a/b", "http://", "file_sd:", "http://me:secret@a/"])
def test_what_is_no_target_stops_the_start(entry: str) -> None:
    with pytest.raises(config.ConfigError, match="MESHUI_SCRAPE"):
        config.read({"MESHUI_SCRAPE": f"http://good:1,{entry}"})


def test_a_good_list_is_taken() -> None:
    entries = ("http://a:1/x", "file_sd:/etc/targets/*.yml")
    assert checked(entries) == entries
    assert config.read({"MESHUI_SCRAPE": ", ".join(entries)}).scrape == entries


YAML = """
- targets: ['10.0.0.7:9901', '10.0.0.8:9901']
  labels: {app: cart, version: 2, __metrics_path__: /stats/prometheus, __scheme__: https, __param_filter: 'istio.*',
    __meta: x}
- targets: ["a:1"]
"""
JSON = '[{"targets": ["a:1"], "labels": {"job": "j", "instance": "me"}}]'


def test_file_discovery_in_yaml() -> None:
    first, second, third = listed(YAML, "envoys")
    assert first.url == "https://10.0.0.7:9901/stats/prometheus?filter=istio.%2A"
    assert dict(first.labels) == {"app": "cart", "version": "2", "job": "envoys", "instance": "10.0.0.7:9901"}
    assert (second.address, third.url) == ("10.0.0.8:9901", "http://a:1/metrics")


def test_file_discovery_in_json() -> None:
    (target,) = listed(JSON, "envoys")
    assert dict(target.labels) == {"job": "j", "instance": "me"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[{]", "neither JSON nor YAML", id="no JSON"),
        pytest.param("- a: [", "neither JSON nor YAML", id="no YAML"),
        pytest.param("targets: [a]", "list of groups", id="no list"),
        pytest.param("- {targets: a:1}", "group 0 has no list", id="targets that are no list"),
        pytest.param("- {targets: [a:1], labels: [x]}", "labels of group 0", id="labels that are no mapping"),
        pytest.param("- {targets: ['http://a:1/x']}", "__metrics_path__", id="a URL for an address"),
        pytest.param("- {targets: [a:1], labels: {__scheme__: ftp}}", "__scheme__", id="another scheme"),
    ],
)
def test_a_file_that_cannot_be_says_why(text: str, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        listed(text, "j")


def test_files_are_read_again_when_they_change(tmp_path: Path) -> None:
    files = Files(f"file_sd:{tmp_path}/*.json")
    assert files.targets() == ()
    assert str(tmp_path) in files.error
    path = tmp_path / "envoys.json"
    replaced(path, JSON)
    assert [target.address for target in files.targets()] == ["a:1"]
    assert files.error == ""
    replaced(path, "[{")
    assert [target.address for target in files.targets()] == ["a:1"]
    assert "envoys.json" in files.error
    replaced(path, '[{"targets": ["b:1", "c:1"]}]')
    assert [target.address for target in files.targets()] == ["b:1", "c:1"]
    assert files.error == ""


def replaced(path: Path, text: str) -> None:
    """As tools do it: a new file under the old name."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)
