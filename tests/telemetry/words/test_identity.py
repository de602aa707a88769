"""Ids of nodes and edges: print and parse are each other's inverse, whatever a sender calls itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.identity import UNKNOWN, EdgeId, ServiceId

parts = st.text(min_size=1)


@pytest.mark.parametrize(
    ("service", "text"),
    [
        pytest.param(ServiceId("", "shop", "cart"), "shop/cart", id="home cluster"),
        pytest.param(ServiceId("east", "shop", "cart"), "east:shop/cart", id="another cluster"),
        pytest.param(ServiceId("", "-", "cart"), "-/cart", id="no namespace"),
        pytest.param(
            ServiceId("", "shop", "a/b:80@x%2F"), "shop/a%2Fb%3A80%40x%252F", id="what would part an id is encoded"
        ),
        pytest.param(ServiceId("arn:aws", "shop", "cart"), "arn%3Aaws:shop/cart", id="a colon in a cluster"),
        pytest.param(ServiceId("", "магазин", "cart v2"), "магазин/cart v2", id="everything else stays as sent"),
        pytest.param(UNKNOWN, "-/unknown", id="unknown"),
    ],
)
def test_print_and_parse(service: ServiceId, text: str) -> None:
    assert str(service) == text
    assert ServiceId.parse(text) == service


@given(st.text(), parts, parts)
def test_any_service_comes_back_from_its_id(cluster: str, namespace: str, name: str) -> None:
    service = ServiceId(cluster, namespace, name)
    assert ServiceId.parse(str(service)) == service
    assert str(service).count("/") == 1


@pytest.mark.parametrize("text", ["", "cart", "/cart", "shop/", "shop/cart/x", ":shop/cart", "east:cart", "east:/cart"])
def test_what_is_no_node_id_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected namespace/name or cluster:namespace/name"):
        ServiceId.parse(text)


def test_an_empty_namespace_prints_as_none() -> None:
    assert str(ServiceId("", "", "cart")) == "-/cart"


@pytest.mark.parametrize("text", ["", "shop/web", "→shop/cart", "shop/web→", "shop/web->shop/cart"])
def test_what_is_no_edge_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected source→target"):
        EdgeId.parse(text)


@given(st.tuples(st.text(), parts, parts), st.tuples(st.text(), parts, parts))
def test_any_edge_comes_back_from_its_id(source: tuple[str, str, str], target: tuple[str, str, str]) -> None:
    edge = EdgeId(str(ServiceId(*source)), str(ServiceId(*target)))
    assert EdgeId.parse(str(edge)) == edge
