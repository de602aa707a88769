"""The demo's spans have the shapes that reference/envoy-real.md and the semantic conventions describe."""

from collections import Counter, defaultdict

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.trace import SpanKind

from meshui.demo.mesh import SHOP
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.stream import HISTORY_S, Stream
from meshui.demo.timeline import only
from meshui.demo.topology import Call, Service
from tests.meshui.demo import made

STEADY = made.spans("steady")


def owner(span: object) -> str:
    return str(span.resource.attributes["service.name"])  # type: ignore[attr-defined]


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = (encode_spans(made.spans("bad-deploy", seconds=3, seed=seed)) for seed in (1, 1, 2))
    assert first.SerializeToString(deterministic=True) == again.SerializeToString(deterministic=True)
    assert first.SerializeToString(deterministic=True) != other.SerializeToString(deterministic=True)


def test_every_span_leaves_once_and_a_trace_whole() -> None:
    """However the clock cuts, the same spans come out, none before it has ended."""
    stream = Stream(SHOP, 7, made.ORIGIN_NS, 40.0, only(SCENARIOS["cascading-timeouts"]))
    pieces = []
    for tenth in range(-600, 81):
        ended = stream.until(tenth / 10)
        assert all((span.end_time or 0) <= made.ORIGIN_NS + tenth * 10**8 for span in ended)
        pieces += ended
    whole = Stream(SHOP, 7, made.ORIGIN_NS, 40.0, only(SCENARIOS["cascading-timeouts"])).until(8)
    assert [span.context.span_id for span in pieces] == [span.context.span_id for span in whole]
    ids = {(span.context.trace_id, span.context.span_id) for span in whole}
    assert len(ids) == len(whole)
    assert all(span.parent is None or (span.context.trace_id, span.parent.span_id) in ids for span in whole)


def test_history_is_a_minute_at_a_quarter_of_the_rate() -> None:
    stream = Stream(SHOP, 7, made.ORIGIN_NS, 40.0, only(SCENARIOS["bad-deploy"]))
    history = stream.until(0)
    entries = [span for span in history if owner(span) == "ingress-gateway" and span.parent is None]
    assert min(span.start_time or 0 for span in history) >= made.ORIGIN_NS - HISTORY_S * 10**9
    assert 400 < len(entries) < 800
    assert made.egress(history)["web", "cart"].failed_ratio < 0.02


def test_a_call_between_sidecars_is_four_spans_one_below_the_other() -> None:
    by_id = {(span.context.trace_id, span.context.span_id): span for span in STEADY}
    shapes = Counter()
    for span in STEADY:
        if owner(span) != "catalog" or span.kind is not SpanKind.SERVER or span.name == "ingress":
            continue
        chain = [span]
        while (chain[-1].parent is not None and owner(chain[-1]) not in {"web", "inventory"}) or len(chain) < 4:
            chain.append(by_id[span.context.trace_id, chain[-1].parent.span_id])
        shapes[tuple((each.name.split(" ")[0], each.kind.name) for each in chain[1:4])] += 1
    assert set(shapes) == {(("ingress", "SERVER"), ("egress", "CLIENT"), ("GET", "CLIENT"))}
    assert shapes.total() > 500


def test_proxy_spans_are_envoys() -> None:
    for span in made.proxies(STEADY):
        attributes = dict(span.attributes or {})
        assert attributes["component"] == "proxy"
        assert all(isinstance(value, str) for value in attributes.values())
        assert (span.start_time or 0) % 1000 == (span.end_time or 0) % 1000 == 0
        assert span.instrumentation_scope is not None
        assert span.instrumentation_scope.name == "envoy"
        if span.name.startswith(("router ", "async ")):
            assert "node_id" not in attributes
        else:
            kind = "router~" if owner(span) == "ingress-gateway" else "sidecar~"
            assert str(attributes["node_id"]).startswith(kind)


def test_all_of_the_declared_mesh_shows_itself() -> None:
    """Every service sends, every declared call of every operation is made, and nothing else."""
    senders = {f"{span.resource.attributes['service.namespace']}/{owner(span)}" for span in STEADY}
    assert senders == {service.id for service in SHOP.services}
    assert len(senders) == 15
    assert len({name.split("/")[0] for name in senders}) >= 3
    hosts = defaultdict(set)
    for span in STEADY:
        attributes = dict(span.attributes or {})
        if span.kind in {SpanKind.CLIENT, SpanKind.PRODUCER} and attributes.get("component") != "proxy":
            target = attributes.get("messaging.destination.name") or attributes.get("server.address")
            hosts[owner(span)].add(str(target or attributes.get("net.peer.name")).split(".")[0])
    for service in SHOP.services:
        calls: list[Call] = [call for each in service.operations for stage in each.calls for call in stage]
        assert hosts[service.name] == {_short(call.target) for call in calls}, service.id


def _short(target: str) -> str:
    return target.rpartition("/")[2].split(".")[0]


def test_versions_share_the_traffic_as_declared() -> None:
    seen = Counter(
        (owner(span), span.resource.attributes["service.version"])
        for span in made.proxies(STEADY)
        if span.name == "ingress"
    )
    for service in SHOP.targets.values():
        if isinstance(service, Service) and len(service.versions) > 1:
            total = sum(count for (name, _), count in seen.items() if name == service.name)
            for version in service.versions:
                assert abs(seen[service.name, version.name] / total - version.share) < 0.1


def test_a_message_is_processed_in_a_trace_of_its_own_that_links_back() -> None:
    # From before until after: a sender's trace may end before or after its message is processed.
    whole = Stream(SHOP, 7, made.ORIGIN_NS, 40.0, only(SCENARIOS["steady"])).until(40)
    sent = {(span.context.trace_id, span.context.span_id) for span in whole if span.kind is SpanKind.PRODUCER}
    processed = [span for span in STEADY if span.kind is SpanKind.CONSUMER]
    assert len(processed) > 50
    for span in processed:
        assert span.parent is None
        (link,) = span.links
        assert link.context.trace_id != span.context.trace_id
        assert (link.context.trace_id, link.context.span_id) in sent
