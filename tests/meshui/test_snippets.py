"""Every snippet carries the real address, and a token where one is asked."""

from pathlib import Path

import pytest

from meshui.config import read
from meshui.pages.empty import coloured
from meshui.snippets import KINDS, Addresses, addresses, snippet

ROOT = Path(__file__).parents[2]
HERE = Addresses("10.0.0.7:14317", "10.0.0.7:14318")
LOCKED = Addresses("10.0.0.7:14317", "10.0.0.7:14318", token="TOKEN", tls=True)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_it_names_where_to_send(kind: str) -> None:
    text = snippet(kind, HERE)
    assert "10.0.0.7" in text
    assert "14317" in text or "14318" in text
    assert "Bearer" not in text
    assert "{{" not in text
    assert "&quot;" not in text


@pytest.mark.parametrize("kind", ["collector", "istio", "envoy", "sdk", "zipkin"])
def test_it_carries_the_token_where_one_is_asked(kind: str) -> None:
    assert "TOKEN" in snippet(kind, LOCKED)


def test_linkerd_sends_no_token_and_so_goes_through_a_collector() -> None:
    assert "10.0.0.7" in snippet("linkerd", HERE)
    text = snippet("linkerd", LOCKED)
    assert "endpoint: otel-collector.monitoring:4317" in text
    assert "meshui snippets collector" in text


def test_envoys_configuration_stands_in_the_docs_word_for_word() -> None:
    shown = snippet("envoy", Addresses("127.0.0.1:4317", "127.0.0.1:4318"))
    page = (ROOT / "docs" / "senders" / "envoy.md").read_text()
    assert f"```yaml\n{shown}```" in page, "put `meshui snippets envoy` there anew"


@pytest.mark.parametrize("kind", ["istio", "linkerd"])
def test_metrics_come_by_remote_write_with_the_token(kind: str) -> None:
    assert "url: http://10.0.0.7:14318/api/v1/write" in snippet(kind, HERE)
    text = snippet(kind, LOCKED)
    assert "url: https://10.0.0.7:14318/api/v1/write" in text
    assert 'authorization: { credentials: "TOKEN" }' in text


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        pytest.param("127.0.0.1:4317", "127.0.0.1:4317", id="loopback as it is"),
        pytest.param("0.0.0.0:4317", "mesh.example:4317", id="every address: the name we were asked by"),
        pytest.param("[::]:4317", "mesh.example:4317", id="every IPv6 address too"),
        pytest.param("10.0.0.7:4317", "10.0.0.7:4317", id="one address as it is"),
    ],
)
def test_an_address_is_one_that_a_sender_can_reach(bound: str, shown: str) -> None:
    assert addresses(read({}), {"otlp_grpc": bound}, "mesh.example").otlp_grpc == shown


def test_a_token_is_asked_where_others_can_reach_the_receiver() -> None:
    assert addresses(read({}), {}, "here").token == ""
    assert addresses(read({"MESHUI_OTLP_GRPC": "0.0.0.0:4317"}), {}, "here").token == "TOKEN"


def test_a_snippet_on_the_page_is_text_with_colours_only() -> None:
    shown = coloured('a: "<b>"  # <i>why</i>\n- b/c: 1')
    assert shown == (
        '<span class="k">a</span>: &quot;&lt;b&gt;&quot;  <span class="c"># &lt;i&gt;why&lt;/i&gt;</span>\n'
        '- <span class="k">b/c</span>: 1'
    )
