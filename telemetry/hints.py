"""What proxies could add so that more is known of their calls, with the lines to add (envoy-real.md §7).

Pure: what was seen of each proxy in, sentences out. None of a fact means that there was no occasion to say it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

_FEW = 2
_UNNAMED = {
    "namespace": "services of one name in two namespaces are one",
    "version": "a canary looks like its stable version",
    "instance": "one bad pod cannot be told from the others",
}
"""What it costs not to say something of oneself."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one proxy said in a while. `sender`: the id of its node, or its address if it names nobody.

    `missing`: of namespace, version and instance what its resource does not say; `secured`: it says whether its calls
    are TLS; `directed`: its spans say which way; `flagged`: flags or details say why a request failed, None where none
    did; `statuses`: its gRPC calls have a status; `limited`: what is left of its circuit breakers' limits is said;
    `whole`: names of its clusters come in one piece."""

    sender: str
    missing: tuple[str, ...] = ()
    secured: bool | None = None
    directed: bool | None = None
    flagged: bool | None = None
    statuses: bool | None = None
    limited: bool | None = None
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """`text`: who does not say what, and what is not known for that; `add`: where the `lines` of Envoy's YAML go."""

    kind: str
    senders: tuple[str, ...]
    text: str
    add: str
    lines: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """`what` follows "shop/web does not say" and "3 proxies do not say", `until` is what that costs; empty: what their
    resources miss."""

    kind: str
    lacks: Callable[[Seen], bool]
    what: str
    until: str
    add: str
    lines: str


_RULES = (
    _Rule(
        "resource",
        lambda seen: bool(seen.missing),
        "",
        "",
        "The same in the tracer, the access logger and the stats sink.",
        """\
resource_detectors:
- name: envoy.tracers.opentelemetry.resource_detectors.static_config
  typed_config:
    "@type": type.googleapis.com/"""
        """envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig
    attributes: {service.name: cart, service.namespace: shop, service.version: v1, service.instance.id: cart-v1-0}
""",
    ),
    _Rule(
        "mtls",
        lambda seen: seen.secured is False,
        "whether calls are mutual TLS, or who the other side is",
        "Until then the graph can show neither a lock nor plaintext.",
        "Inbound listeners, as it stands; outbound ones: upstream and UPSTREAM for downstream and DOWNSTREAM.",
        """\
tracing:
  custom_tags:
  - {tag: downstream_tls_version, value: "%DOWNSTREAM_TLS_VERSION%"}
  - {tag: downstream_peer_uri_san, value: "%DOWNSTREAM_PEER_URI_SAN%"}
# the access logger's attributes
attributes:
  values:
  - {key: downstream_tls_version, value: {string_value: "%DOWNSTREAM_TLS_VERSION%"}}
  - {key: downstream_peer_uri_san, value: {string_value: "%DOWNSTREAM_PEER_URI_SAN%"}}
""",
    ),
    _Rule(
        "direction",
        lambda seen: seen.directed is False,
        "whether a span is of a call made or of one received",
        "Until then the span above it decides, and where there is none a call may be drawn the wrong way.",
        "Outbound listeners: outbound for inbound.",
        """\
tracing:
  custom_tags:
  - {tag: traffic_direction, literal: {value: inbound}}
""",
    ),
    _Rule(
        "flags",
        lambda seen: seen.flagged is False,
        "why requests failed",
        "Until then a 503 has no cause, and a 403 of a policy looks like one of the application.",
        "The tracer's tag and the access logger's attributes; either is enough.",
        """\
tracing:
  custom_tags:
  - {tag: response_code_details, value: "%RESPONSE_CODE_DETAILS%"}
# the access logger's attributes
attributes:
  values:
  - {key: response_flags, value: {string_value: "%RESPONSE_FLAGS%"}}
  - {key: response_code_details, value: {string_value: "%RESPONSE_CODE_DETAILS%"}}
""",
    ),
    _Rule(
        "grpc",
        lambda seen: seen.statuses is False,
        "how gRPC calls ended",
        "Until then a gRPC call that failed counts as answered with 200.",
        "Before the router, in the connection manager's http_filters.",
        """\
- name: envoy.filters.http.grpc_stats
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig
    stats_for_all_methods: true
    enable_upstream_stats: true
""",
    ),
    _Rule(
        "limits",
        lambda seen: seen.limited is False,
        "what is left of the limits of circuit breakers",
        "Until then saturation is known only once a limit is reached.",
        "Each cluster that has a circuit breaker.",
        """\
circuit_breakers:
  thresholds: [{priority: DEFAULT, track_remaining: true}]
""",
    ),
    _Rule(
        "names",
        lambda seen: seen.whole is False,
        "the whole names of clusters, which come cut at the first dot",
        "Until then clusters whose names start alike cannot be told apart.",
        "At the top of envoy.yaml.",
        """\
stats_config:
  allow_default_tag_overrides: true
  stats_tags:
  - tag_name: envoy.cluster_name
    regex: '^cluster\\.((.+?)\\.)(?:"""
        r"upstream_|circuit_breakers\.|outlier_detection\.|ssl\.|membership_|external\.|internal\.|retry\.|canary\.|zone\."
        r"|grpc\.|http1\.|http2\.|lb_|update_|default\.|assignment_|bind_errors|max_host_weight|original_dst|version"
        """|warming_state|client_ssl)'
""",
    ),
)
KINDS = tuple(rule.kind for rule in _RULES)


def hints(seen: Iterable[Seen]) -> tuple[Hint, ...]:
    """One hint for each thing that some proxy does not say, in the order of KINDS; none where all is said."""
    proxies = sorted(seen, key=lambda each: each.sender)
    return tuple(_hint(rule, lacking) for rule in _RULES if (lacking := [each for each in proxies if rule.lacks(each)]))


def _hint(rule: _Rule, lacking: list[Seen]) -> Hint:
    one = len(lacking) == 1
    what = rule.what or f"{'its' if one else 'their'} {_listed(_missing(lacking))}"
    until = rule.until or f"Until then {'; '.join(_UNNAMED[name] for name in _missing(lacking))}."
    text = f"{_who(lacking)} {'does' if one else 'do'} not say {what}. {until}"
    return Hint(rule.kind, tuple(each.sender for each in lacking), text, rule.add, rule.lines)


def _missing(lacking: list[Seen]) -> list[str]:
    """In the order that they are said in."""
    return [what for what in _UNNAMED if any(what in each.missing for each in lacking)]


def _who(lacking: list[Seen]) -> str:
    names = [each.sender for each in lacking]
    if len(names) <= _FEW:
        return " and ".join(names)
    return f"{len(names)} proxies ({', '.join(names[:_FEW])} and {len(names) - _FEW} more)"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
