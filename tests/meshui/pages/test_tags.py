"""Names from telemetry are text, never markup; built files are named by the manifest."""

from pathlib import Path

import pytest

from meshui.pages import words
from meshui.pages.manifest import NotBuilt, manifest
from meshui.templatetags import mesh

NASTY = '<img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    ("node_id", "shown"),
    [
        pytest.param("shop/cart", '<span class="svc"><i>shop/</i>cart</span>', id="namespace quiet, name strong"),
        pytest.param("-/stripe.com", '<span class="svc"><i></i>stripe.com</span>', id="no namespace, no dash"),
        pytest.param("east:shop/cart", '<span class="svc"><i>east:shop/</i>cart</span>', id="another cluster first"),
        pytest.param("shop/a%2Fb", '<span class="svc"><i>shop/</i>a/b</span>', id="a slash of the name is shown"),
    ],
)
def test_a_service(node_id: str, shown: str) -> None:
    assert mesh.service(node_id) == shown


def test_a_name_that_is_markup_stays_text() -> None:
    assert "<img" not in mesh.service("shop/" + NASTY.replace("/", ""))
    assert "<img" not in mesh.pill("failing", NASTY)
    assert "<img" not in mesh.emphasised(f"{NASTY} fails for 31 % of requests.")


def test_the_share_of_requests_is_stressed() -> None:
    assert mesh.emphasised("shop/cart fails for 4.1 % of requests.") == (
        "shop/cart fails for <em>4.1\N{NO-BREAK SPACE}% of requests</em>."
    )


def test_a_number_stays_with_its_unit() -> None:
    assert words.units("p95 is 481 ms; usual 62 ms, 3 % more, 5 services") == (
        "p95 is 481\N{NO-BREAK SPACE}ms; usual 62\N{NO-BREAK SPACE}ms, 3\N{NO-BREAK SPACE}% more, 5 services"
    )


def test_a_front_end_that_was_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="make setup"):
        manifest(tmp_path)


def test_a_file_that_is_not_in_the_build_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": {"a.js": "a-1.js"}, "preload": {}}')
    assert manifest(tmp_path).file("a.js") == "a-1.js"
    with pytest.raises(NotBuilt, match=r"b\.js"):
        manifest(tmp_path).file("b.js")


def test_a_rebuild_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{"files": {"a.js": "a-1.js"}, "preload": {}}')
    manifest(tmp_path)
    path.write_text('{"files": {"a.js": "a-2.js"}, "preload": {}}')
    assert manifest(tmp_path).file("a.js") == "a-2.js"
