"""What proxies do not say becomes a sentence with the lines to add; what they had no occasion to say does not."""

import re
from typing import Any

import pytest

from telemetry.hints import KINDS, Seen, hints

ALL_SAID: dict[str, Any] = {
    "secured": True,
    "directed": True,
    "flagged": True,
    "statuses": True,
    "limited": True,
    "whole": True,
}
FACTS: dict[str, dict[str, Any]] = {
    "mtls": {"secured": False}, "direction": {"directed": False}, "flags": {"flagged": False},
    "grpc": {"statuses": False}, "limits": {"limited": False}, "names": {"whole": False},
    "resource": {"missing": ("instance",)},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_thing_that_is_not_said_is_one_hint(kind: str) -> None:
    (hint,) = hints([Seen("shop/cart", **(ALL_SAID | FACTS[kind])), Seen("shop/web", **ALL_SAID)])
    assert (hint.kind, hint.senders) == (kind, ("shop/cart",))
    assert hint.text.startswith("shop/cart does not say ")
    assert "Until then " in hint.text


def test_who_says_everything_and_who_had_no_occasion_get_none() -> None:
    assert hints([Seen("shop/cart", **ALL_SAID), Seen("shop/web")]) == ()
    assert hints([]) == ()


def test_hints_come_in_the_order_in_which_they_help_most() -> None:
    silent = Seen(
        "a/x", ("version",), secured=False, directed=False, flagged=False, statuses=False, limited=False, whole=False
    )
    assert tuple(hint.kind for hint in hints([silent])) == KINDS


@pytest.mark.parametrize(
    ("missing", "start"),
    [
        pytest.param(
            [("version",)],
            "a/0 does not say its version. Until then a canary looks like its stable version.",
            id="one thing of one",
        ),
        pytest.param(
            [("instance", "namespace"), ("version",)],
            "a/0 and a/1 do not say their namespace, version or instance.",
            id="several of two",
        ),
        pytest.param([("namespace",)] * 5, "5 proxies (a/0, a/1 and 3 more) do not say their namespace.", id="many"),
    ],
)
def test_a_sentence_names_who_and_what(missing: list[tuple[str, ...]], start: str) -> None:
    (hint,) = hints(Seen(f"a/{number}", which) for number, which in reversed(list(enumerate(missing))))
    assert hint.text.startswith(start)


def test_the_tag_regex_takes_whole_names() -> None:
    """What Envoy would make of a statistic with the lines for `names`."""
    (hint,) = hints([Seen("a/x", whole=False)])
    found = re.search(r"regex: '(.*)'", hint.lines)
    assert found is not None
    match = re.match(found[1], "cluster.outbound|80||cart.shop.svc.cluster.local.upstream_rq_completed")
    assert match is not None
    assert match[2] == "outbound|80||cart.shop.svc.cluster.local"
    plain = re.match(found[1], "cluster.cart.circuit_breakers.default.remaining_rq")
    assert plain is not None
    assert plain[2] == "cart"
