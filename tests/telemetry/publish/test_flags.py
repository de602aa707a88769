"""Every response flag in words: what happened, whose side, what to look at."""

import pytest

from telemetry.outcome import FLAGS
from telemetry.publish.flags import KNOWN, flag_json, flag_notes


@pytest.mark.parametrize("flag", KNOWN)
def test_every_flag_has_three_sentences(flag: str) -> None:
    body = flag_json(flag)
    assert list(body) == ["flag", "name", "what", "side", "look_at"]
    assert body["flag"] == flag
    for name in ("what", "side", "look_at"):
        assert body[name][0].isupper() or not body[name][0].isalpha()
        assert body[name].endswith(".")
        assert not body[name].endswith("..")


def test_the_flags_of_both_kinds_of_proxy_are_known() -> None:
    assert FLAGS.keys() < KNOWN.keys()
    assert flag_json("UH") == {
        "flag": "UH",
        "name": "NoHealthyUpstream",
        "what": "No healthy host was left in the cluster.",
        "side": "The called side: all down or ejected.",
        "look_at": "The called service's pods and the outlier detection that ejects them.",
    }
    assert flag_json("DENY")["name"] == "AuthorizationPolicyDenied"


def test_notes_are_each_flag_once_as_they_came_without_what_nobody_knows() -> None:
    assert [note["flag"] for note in flag_notes(["URX", "UF", "URX", "ZZ", "UH"])] == ["URX", "UF", "UH"]
    assert flag_notes([]) == []


def test_a_flag_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        flag_json("ZZ")
