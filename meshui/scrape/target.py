"""Whom to scrape: the entries of MESHUI_SCRAPE, each a URL or files of Prometheus's own file discovery.

`http://10.0.0.7:9901/stats/prometheus#app=cart&namespace=shop`: labels stand behind `#`, which no server is sent.
`file_sd:/etc/targets/*.yml`: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import yaml

FILES = "file_sd:"
PATH, SCHEME, PARAMETER = "__metrics_path__", "__scheme__", "__param_"
DEFAULT_PATH = "/metrics"
Stamp = tuple[tuple[str, int, int], ...]


class Wrong(ValueError):
    """An entry or a file that cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Target:
    """`labels` are put on every series of it, `job` and `instance` among them."""

    url: str
    labels: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """host:port."""
        return urlsplit(self.url).netloc


def fixed(entry: str) -> Target:
    """The target of a URL. Its job is its host unless a label says another. Raises Wrong."""
    parts = urlsplit(entry)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Wrong(f"{entry!r} is neither a URL like http://host:9901/stats/prometheus nor {FILES}/path/*.yml")
    if "@" in parts.netloc:
        raise Wrong(f"{parts.hostname!r} is given with a password, which is not sent; leave it out")
    labels = dict(parse_qsl(parts.fragment, keep_blank_values=True))
    path = parts.path if parts.path not in ("", "/") else DEFAULT_PATH
    url = urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
    return _target(url, {"job": parts.hostname} | labels)


def _target(url: str, labels: Mapping[str, str]) -> Target:
    named = {"instance": urlsplit(url).netloc} | dict(labels)
    shown = {name: text for name, text in named.items() if not name.startswith("__")}
    return Target(url, tuple(sorted(shown.items())))


def listed(text: str, job: str) -> list[Target]:
    """The targets of one file: JSON or YAML, a list of groups with `targets` and `labels`. Raises Wrong."""
    try:
        groups = json.loads(text) if text.lstrip()[:1] == "[" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise Wrong(f"it is neither JSON nor YAML: {' '.join(str(error).split())}") from error
    if groups is None:
        return []
    if not isinstance(groups, list):
        raise Wrong("it is no list of groups")
    return [target for index, group in enumerate(groups) for target in _group(group, index, job)]


def _group(group: Any, index: int, job: str) -> Iterator[Target]:
    addresses = group.get("targets") if isinstance(group, dict) else None
    if not isinstance(addresses, list) or not all(isinstance(address, str) for address in addresses):
        raise Wrong(f"group {index} has no list of targets, each a text like 10.0.0.7:9901")
    given = group.get("labels") or {}
    if not isinstance(given, dict) or any(isinstance(value, list | dict) for value in given.values()):
        raise Wrong(f"the labels of group {index} are no names with texts")
    labels = {"job": job} | {str(name): _text(value) for name, value in given.items()}
    query = urlencode(
        [(name.removeprefix(PARAMETER), text) for name, text in labels.items() if name.startswith(PARAMETER)]
    )
    for address in addresses:
        if not address or "/" in address:
            raise Wrong(f"{address!r} in group {index} is no host:port; a path goes into the label {PATH}")
        scheme, path = labels.get(SCHEME, "http"), labels.get(PATH, DEFAULT_PATH)
        if scheme not in ("http", "https"):
            raise Wrong(f"{SCHEME} of group {index} is neither http nor https")
        yield _target(urlunsplit((scheme, address, path, query, "")), labels)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class Files:
    """The targets of a pattern's files, read again when one changes. What cannot be read leaves the last ones."""

    def __init__(self, entry: str) -> None:
        self._pattern = Path(entry.removeprefix(FILES)).expanduser()
        self._stamp: Stamp | None = None
        self._targets: tuple[Target, ...] = ()
        self.error = ""
        """Why what was read last is not what stands there; empty if it is."""

    def targets(self) -> tuple[Target, ...]:
        """As of now. No file at all is an error too: it may be mistyped."""
        files = sorted(self._pattern.parent.glob(self._pattern.name))
        try:
            stamp = tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
        except OSError:
            return self._targets  # it is being replaced: the next time tells
        if stamp == self._stamp:
            return self._targets
        self._stamp = stamp
        try:
            self._targets = tuple(target for file in files for target in _read(file))
            self.error = "" if files else f"No file is {self._pattern}"
        except Wrong as wrong:
            self.error = str(wrong)
        return self._targets


def _read(file: Path) -> list[Target]:
    try:
        return listed(file.read_text(encoding="utf-8"), job=file.stem)
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{file} cannot be read: {error}") from error
    except Wrong as wrong:
        raise Wrong(f"{file}: {wrong}") from wrong


def checked(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The entries as they are, once each can be used. Raises Wrong."""
    for entry in entries:
        if entry.startswith(FILES):
            if not Path(entry.removeprefix(FILES)).name:
                raise Wrong(f"{entry!r} names no file")
        else:
            fixed(entry)
    return entries
