"""What the page of traces was asked: fields of its form, filters that can be taken away, and addresses that ask a
little differently. All of it is in the address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

PATH = "/traces/"
FIELDS = ("q", "service", "edge", "status", "min_duration", "from", "to", "order")
"""What the form has a field for."""
OTHERS = {
    "operation": "operation = {}",
    "flag": "flag = {}",
    "tag": "{}",
    "max_duration": "trace took at most {}",
    "min_span_duration": "a span took at least {}",
    "max_span_duration": "a span took at most {}",
}
"""What a link may ask besides, in words."""
BRUSH = ("brush_from", "brush_to", "brush_min", "brush_max")
THESE = "these"
"""Which of the matches are told from the rest: `brush`, `failed` or `slow`."""
SHOWN = ("by",)
"""The field by whose values the matches are counted."""
_KNOWN = (*FIELDS, *OTHERS, *BRUSH, THESE, *SHOWN)
_FILTERS = ("q", "service", "edge", "status", "min_duration", *OTHERS)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter without a field of its own, and the address without it."""

    text: str
    without: str


class Asked:
    """The parameters of one request. Those that are unknown or empty are left out of every address. No mapping: a
    template would take its properties for keys."""

    def __init__(self, request: HttpRequest) -> None:
        self._params: list[tuple[str, str]] = [
            (name, text) for name in _KNOWN for text in request.GET.getlist(name) if text.strip()
        ]

    def get(self, name: str) -> str:
        """The first value, empty if there is none."""
        return next((text for known, text in self._params if known == name), "")

    @property
    def fields(self) -> dict[str, str]:
        """By name, `from` and `to` as `since` and `until`, which a template can say."""
        read = {name: self.get(name) for name in (*FIELDS, *BRUSH, *SHOWN)}
        return read | {"since": read["from"], "until": read["to"], "order": read["order"] or "newest"}

    @property
    def brushed(self) -> bool:
        return any(self.get(name) for name in BRUSH)

    @property
    def filtered(self) -> bool:
        """Whether anything but a time is asked."""
        return any(self.get(name) for name in _FILTERS) or self.brushed

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form hands on unseen."""
        return [(name, text) for name, text in self._params if name not in FIELDS and name not in BRUSH]

    @property
    def but_by(self) -> list[tuple[str, str]]:
        """What the form of the field to go by hands on unseen."""
        return [(name, text) for name, text in self._params if name not in SHOWN]

    @property
    def all(self) -> list[tuple[str, str]]:
        """What the form of the brush hands on unseen."""
        return [(name, text) for name, text in self._params if name not in BRUSH]

    @property
    def zoomed(self) -> str:
        """The address that asks for what is brushed, and nothing else."""
        moved = {"from": "brush_from", "to": "brush_to", "min_duration": "brush_min", "max_duration": "brush_max"}
        return self.unbrushed(**{name: self.get(brush) or self.get(name) for name, brush in moved.items()})

    def to(self, **changes: str | None) -> str:
        """The address with these instead; an empty or missing one goes. `since` and `until` are `from` and `to`."""
        said = {{"since": "from", "until": "to"}.get(name, name): text for name, text in changes.items()}
        left = [(name, text) for name, text in self._params if name not in said]
        return _address([*left, *((name, text) for name, text in said.items() if text)])

    def unbrushed(self, **changes: str | None) -> str:
        """The same without the brush."""
        return self.to(**(dict.fromkeys(BRUSH) | changes))

    @property
    def cleared(self) -> str:
        """The address that asks for all traces of the same time."""
        kept = ("from", "to", "order")
        return _address([(name, text) for name, text in self._params if name in kept])

    @property
    def chips(self) -> list[Chip]:
        found = []
        for name, text in self._params:
            if name in OTHERS:
                left = [param for param in self._params if param != (name, text)]
                found.append(Chip(OTHERS[name].format(text), _address(left)))
        return found


def _address(params: list[tuple[str, str]]) -> str:
    return f"{PATH}?{urlencode(params)}" if params else PATH
