"""The sections of proxy.yaml, filled in. One text for the demo's own proxies and for `meshui snippets envoy`."""

import re
from functools import cache
from importlib.resources import files
from string import Template

_HEAD = re.compile(r"^#: ([a-z ]+): .*\n", re.MULTILINE)
_BLOCK = re.compile(r"^( *)\$([a-z_]+)\n", re.MULTILINE)


def fill(section: str, **values: object) -> str:
    """The section with every $name replaced; one alone on its line takes whole lines, indented as it is, or none.

    Raises KeyError for a section or a name that is missing."""

    def block(found: re.Match[str]) -> str:
        lines = str(values[found[2]]).splitlines()
        return "".join(f"{found[1]}{line}\n" if line else "\n" for line in lines)

    # Filled lines come last: what stands in them is finished and may hold a $.
    kept: list[str] = []

    def aside(found: re.Match[str]) -> str:
        kept.append(block(found))
        return f"\0{len(kept) - 1}\n"

    text = Template(_BLOCK.sub(aside, _sections()[section])).substitute({k: str(v) for k, v in values.items()})
    return re.sub(r"\0(\d+)\n", lambda found: kept[int(found[1])], text)


@cache
def _sections() -> dict[str, str]:
    text = (files(__package__) / "proxy.yaml").read_text()
    _, *parts = _HEAD.split(text)
    return {name: body.strip("\n") + "\n" for name, body in zip(parts[::2], parts[1::2], strict=True)}
