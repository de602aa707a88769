"""Settings: what is read, and the sentence for what cannot be."""

from dataclasses import fields

import pytest

from meshui.config import PREFIX, Address, Config, ConfigError, parse_address, parse_size, read


def test_every_default_reads_back() -> None:
    config = read({})
    assert config.http == Address("127.0.0.1", 8000)
    assert config.spool_max_bytes == 2 * 2**30
    assert config.max_inflated_bytes == 64 * 2**20
    assert config.retention_traces == 3 * 86400
    assert not config.ingest_needs_token


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("127.0.0.1:0", Address("127.0.0.1", 0), id="the system chooses the port"),
        pytest.param(":4317", Address("0.0.0.0", 4317), id="no host means every address"),
        pytest.param("[::1]:8000", Address("::1", 8000), id="IPv6"),
        pytest.param("mesh.example:80", Address("mesh.example", 80), id="a name"),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "8000", "a:b", "host:99999", "host:-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        parse_address(text)


@pytest.mark.parametrize(("text", "size"), [("1", 1), ("16MiB", 2**24), ("1.5 KiB", 1536), ("2GB", 2 * 10**9)])
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        pytest.param({"MESHUI_TICK": "soon"}, "MESHUI_TICK: 'soon' is no duration", id="the setting is named"),
        pytest.param({"MESHUI_AUTH": "off", "MESHUI_HTTP": "0.0.0.0:8000"}, "0.0.0.0:8000", id="open without sign-in"),
        pytest.param({"MESHUI_AUTH": "off", "MESHUI_OTLP_GRPC": ":4317"}, "refused", id="an open receiver counts too"),
        pytest.param({"MESHUI_TLS_CERT": "a.pem"}, "set both or neither", id="half a certificate"),
        pytest.param({"MESHUI_AUTH": "maybe"}, "none of on, off", id="a word that is none"),
    ],
)
def test_what_cannot_stand_is_one_sentence(environ: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(environ)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "needs"),
    [
        pytest.param({}, False, id="loopback"),
        pytest.param({"MESHUI_OTLP_HTTP": ":4318"}, True, id="one open receiver is enough"),
        pytest.param({"MESHUI_INGEST_AUTH": "on"}, True, id="asked for"),
        pytest.param({"MESHUI_INGEST_AUTH": "off", "MESHUI_OTLP_HTTP": ":4318"}, False, id="given up on purpose"),
    ],
)
def test_when_senders_need_a_token(environ: dict[str, str], needs: bool) -> None:
    assert read(environ).ingest_needs_token is needs


def test_each_setting_has_a_sentence() -> None:
    for row in fields(Config):
        assert row.metadata["sentence"].endswith("."), PREFIX + row.name.upper()
