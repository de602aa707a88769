"""Which span each proxy is drawn in, as drawings: who stays is labelled with a capital."""

import pytest

from telemetry.traces.fold import folded_into
from tests.telemetry.traces.drawn import drawn

SIDECARS = """
in shop/web app 0-100 #Web
  out shop/web app 5-95 #Call
    out shop/web envoy 6-94 #a
      in shop/cart envoy 8-92 #b
        in shop/cart app 10-90 #Cart
"""
SPAWNED = """
out shop/web app 0-100 #Call
  out shop/web envoy 1-99 #a
    out shop/web envoy 2-40 #try1
      in shop/cart envoy 3-39 #b1
        in shop/cart envoy 4-38 #c1
          in shop/cart app 5-37 #Cart1
    out shop/web envoy 50-98 #try2
      in shop/cart envoy 51-97 #b2
        in shop/cart app 52-96 #Cart2
"""
COPIED = """
in edge/gw gateway 0-100 #Gw
  out edge/gw gateway 1-99 #a
    in shop/web envoy 2-98 #Web
      out shop/web envoy 3-97 #b
        in shop/cart envoy 4-96 #c
          in shop/cart app 5-95 #Cart
"""
RETRIED = """
in shop/web envoy 0-100 #Web
  out shop/web envoy 1-99 #Call
    out shop/web envoy 2-10 503 UF #refused
    out shop/web envoy 20-98 #try2
      in shop/cart envoy 21-97 #Cart
"""


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param(SIDECARS, {"a": "Call", "b": "Cart"}, id="between two applications"),
        pytest.param(
            SPAWNED,
            {"a": "Call", "try1": "Call", "try2": "Call", "b1": "Cart1", "c1": "Cart1", "b2": "Cart2"},
            id="tries below the application's call",
        ),
        pytest.param(COPIED, {"a": "Web", "b": "Cart", "c": "Cart"}, id="applications that only copy headers"),
        pytest.param(RETRIED, {"refused": "Call", "try2": "Cart"}, id="a call with two tries, one of them nowhere"),
        pytest.param(
            "in shop/web envoy 0-9 #Web\n  out shop/web envoy 1-8 503 UH #Nowhere", {}, id="all that is known of a call"
        ),
        pytest.param(
            "out shop/web app 0-9 #Call\n  out shop/web envoy 1-8 503 UH #a", {"a": "Call"}, id="a call refused at home"
        ),
        pytest.param("in shop/web envoy 0-9 #Web", {}, id="all that is known of a service"),
        pytest.param(
            """
            out shop/web app 0-100 #Call
              relay mesh/waypoint envoy 2-98 #a
                in shop/cart app 4-96 #Cart
            """,
            {"a": "Cart"},
            id="a waypoint",
        ),
        pytest.param(
            "out shop/web app 0-100 #Call\n  relay mesh/waypoint envoy 2-98 #a", {"a": "Call"}, id="a waypoint alone"
        ),
        pytest.param(
            """
            in shop/cart envoy 0-100 #Cart
              in shop/cart app 1-40 #One
              in shop/cart app 50-90 #Two
            """,
            {},
            id="an inbound proxy of two requests",
        ),
        pytest.param(
            """
            in shop/cart envoy 0-100 instance=a #Cart
              out shop/cart envoy 1-99 instance=a #a
                in shop/cart app 2-98 instance=b #Other
            """,
            {"a": "Other"},
            id="a service that calls itself",
        ),
        pytest.param("in shop/web app 0-100 #Web\n  out shop/web app 1-99 #Call", {}, id="no proxies"),
    ],
)
def test_who_is_drawn_in_whom(text: str, folded: dict[str, str]) -> None:
    found = drawn(text)
    into = folded_into(found.trace)
    assert {
        found.label(index): found.label(target) for index, target in enumerate(into) if target is not None
    } == folded
