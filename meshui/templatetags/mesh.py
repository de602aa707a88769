"""What templates say often: built files, icons, health marks, names, numbers, times."""

import re
from datetime import datetime

from django import template
from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from meshui.pages import words
from meshui.pages.manifest import manifest
from telemetry.graph.element import Health, Node
from telemetry.identity import ServiceId

register = template.Library()
STATIC = "/static/"

register.filter("count", words.count)
register.filter("rate", words.rate)
register.filter("ratio", words.ratio)
register.filter("part", words.part)
register.filter("level", words.level)
register.filter("ms", words.ms)
register.filter("size", words.size)
register.filter("span", words.span)
register.filter("units", words.units)
register.simple_tag(words.plural, name="plural")
_SHARE = re.compile(r"[\d.,]+\s% of requests")


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file."""
    return STATIC + manifest(settings.DIST_DIR).file(name)


@register.simple_tag
def script(name: str) -> SafeString:
    """A page's module, and preloads of what it imports."""
    built = manifest(settings.DIST_DIR)
    preloads = format_html_join(
        "", '<link rel="modulepreload" href="{}{}">', ((STATIC, file) for file in built.preload[name])
    )
    return format_html('{}<script type="module" src="{}{}"></script>', preloads, STATIC, built.file(name))


@register.simple_tag
def icon(name: str, classes: str = "i") -> SafeString:
    """A symbol of the sprite; decoration, so hidden from screen readers."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, asset("icons.svg"), name
    )


@register.simple_tag
def health(value: str) -> SafeString:
    """A shape first, a colour second, a word third."""
    return format_html(
        '<svg class="h" data-h="{}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
        value,
        value,
        asset("icons.svg"),
        value,
    )


@register.simple_tag
def pill(value: str, text: str = "") -> SafeString:
    """Mark and word."""
    return format_html('<span class="pill" data-h="{}">{}{}</span>', value, icon(value, "h"), text or value)


@register.simple_tag
def service(node_id: str) -> SafeString:
    """`namespace/` quiet, name strong; a cluster in front where it is not home."""
    who = ServiceId.parse(node_id)
    prefix = f"{who.cluster}:{who.namespace}/" if who.cluster else "" if who.namespace == "-" else f"{who.namespace}/"
    return format_html('<span class="svc"><i>{}</i>{}</span>', prefix, who.name)


@register.simple_tag
def when(at: datetime | str | None) -> SafeString:
    """An instant that the page's script turns into "4 s ago"; without a script it is UTC."""
    if at is None:
        return format_html("{}", words.NONE)
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return format_html('<time datetime="{}">{} UTC</time>', moment.isoformat(), f"{moment:%H:%M:%S}")


@register.filter
def first_sentence(text: str) -> str:
    """Without its full stop: for the title of a page."""
    return text.split(". ", maxsplit=1)[0].removesuffix(".")


@register.filter
def emphasised(text: str) -> SafeString:
    """A sentence with its share of requests stressed: the number that a person looks for."""
    return mark_safe(_SHARE.sub(lambda found: f"<em>{found[0]}</em>", escape(words.units(text))))  # noqa: S308  escaped before


@register.simple_tag
def trouble(node: Node, signal: str) -> str:
    """`bad` or `warn` where this signal is why a node is unwell, else empty."""
    if node.health not in (Health.FAILING, Health.DEGRADED) or signal not in {reason.signal for reason in node.reasons}:
        return ""
    return "bad" if node.health is Health.FAILING else "warn"


@register.filter
def seconds(ms: float | None) -> str:
    """Milliseconds as seconds with one decimal: how far behind we are."""
    return words.NONE if ms is None else f"{ms / 1000:.1f}{words.GAP}s"


@register.filter
def protocol(name: str) -> str:
    """A receiver as people call it."""
    return {"otlp_grpc": "OTLP/gRPC", "otlp_http": "OTLP/HTTP, Zipkin, remote-write", "scrape": "Scraping"}.get(
        name, name
    )
