"""One user's request through the mesh: who calls whom, how long each takes, what fails; the spans all of them send if
the trace is sampled, and what their proxies count in any case.

A request is made whole when it arrives, times in the future included; the stream holds it back until it has ended."""

from dataclasses import dataclass, replace
from math import exp, inf
from random import Random

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

from meshui.demo import app_spans, proxy_spans
from meshui.demo.answers import NO_ANSWER, OK, Answer, Verdict
from meshui.demo.exchange import Exchange, Traffic
from meshui.demo.load import Load
from meshui.demo.pods import Pod, pods_of
from meshui.demo.proxy_spans import Request, cluster_out
from meshui.demo.recorder import Place, Trace
from meshui.demo.sampling import Sampler
from meshui.demo.scenario import Scenario
from meshui.demo.scenarios.steady import STEADY
from meshui.demo.topology import Call, External, Mesh, Operation, Queue, Route, Service, Store

DEFAULT_RATE = 40.0
_HOP_S = (0.00015, 0.0006)
_BACKOFF_S = 0.025
_QUERY_BYTES = 240, 1900
_NEVER_SENT = {"UH", "UO"}
_NO_ROUTE, _LEAVES = 0.002, 0.002
_BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile Safari/604.1",
    "shop-android/7.2.0 okhttp/4.12.0",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Spans that leave together once `end` has passed: a request, or the processing of one message."""

    end: float
    spans: list[ReadableSpan]


@dataclass(frozen=True, slots=True)
class Made:
    """What a request set off: `parts` of spans, and each thing a proxy counts when its own end comes."""

    parts: list[Part]
    counted: list[Exchange | Traffic]


class Simulation:
    """The mesh at work. The same `rng` seed gives the same requests, whatever the time and the share sampled."""

    def __init__(self, mesh: Mesh, rng: Random, origin_ns: int, rate: float, sampler: Sampler) -> None:
        self._mesh, self._rng, self._origin_ns, self._sampler = mesh, rng, origin_ns, sampler
        self._load = Load(rate / DEFAULT_RATE)
        self._pods: dict[tuple[str, str], tuple[Pod, ...]] = {
            (service.id, version.name): pods_of(service, version, gateway=service is mesh.gateway)
            for service in mesh.services
            for version in service.versions
        }
        self._scenario = STEADY
        self._parts: list[Part] = []
        self._counted: list[Exchange | Traffic] = []
        self._request_id = ""

    @property
    def pods(self) -> tuple[Pod, ...]:
        return tuple(pod for pods in self._pods.values() for pod in pods)

    def request(self, at: float, scenario: Scenario) -> Made:
        """All that one request at the gateway sets off: itself, and the messages it leads to."""
        rng, routes = self._rng, self._mesh.routes
        trace = Trace.start(self._origin_ns, rng, self._sampler)
        self._scenario, self._parts, self._counted = scenario, [], []
        self._request_id = f"{rng.getrandbits(32):08x}-{trace.id % 65536:04x}-9{rng.getrandbits(12):03x}"
        self._enter(trace, at, rng.choices(routes, [route.weight for route in routes])[0])
        return Made([Part(trace.end, trace.spans), *self._parts], self._counted)

    def _enter(self, trace: Trace, at: float, route: Route) -> None:
        rng, mesh = self._rng, self._mesh
        here, front = Place.root(trace, self._pod(mesh.gateway)), mesh.service(mesh.front)
        request = replace(self._http(route.operation, "shop.example.com"), user_agent=rng.choice(_BROWSERS))
        if rng.random() < _NO_ROUTE:
            verdict = Verdict(at + self._hop(), 404, "NR", "route_not_found")
            proxy_spans.gateway(here, replace(request, path="/wp-login.php"), at, verdict, cluster="")
            self._counted.append(Exchange(here.pod, here.pod, None, None, request, at, verdict))
            return
        leaves = at + rng.uniform(0.01, 0.25) if rng.random() < _LEAVES else inf
        answer, upstream = Answer(at + self._hop()), None
        if rng.random() < route.signed_in:
            auth = mesh.service(mesh.auth.target)
            check = self._http(mesh.auth.operation, auth.host)
            answer = self._ask(here.child(), self._pod(auth), mesh.auth, check, answer.end)
        if not answer.failed:
            call, upstream = Call(mesh.front, route.operation, timeout_s=leaves - answer.end), self._pod(front)
            answer = self._ask(here.child(), upstream, call, request, answer.end)
        verdict = Verdict(answer.end + self._hop(), answer.code)
        if answer.code == NO_ANSWER:
            verdict = Verdict(answer.end, NO_ANSWER, "DC", "downstream_remote_disconnect")
        proxy_spans.gateway(here, request, at, verdict, cluster=cluster_out(front.host, 8080))
        self._counted.append(Exchange(here.pod, here.pod, upstream, front, request, at, verdict))

    def _ask(self, here: Place, upstream: Pod, call: Call, request: Request, at: float) -> Answer:
        """A call by the gateway itself: one spawned child, then the service. A user who leaves ends the latter.

        Istio's filter does not see the call that checks who a user is leave: only the called one counts it."""
        kind = "async" if call is self._mesh.auth else "router"
        deadline = at + call.timeout_s
        served = self._serve(here, upstream, call, request, at + self._hop(), deadline=deadline)
        answer = Answer(served.end + self._hop(), served.code)
        if answer.end > deadline:
            answer = Answer(max(at, deadline), NO_ANSWER if kind == "router" else 504)
        verdict = Verdict(answer.end, answer.code)
        proxy_spans.spawned(
            here, kind, at, verdict, cluster=cluster_out(upstream.service.host, 8080), upstream=upstream
        )
        return answer

    def _call(self, here: Place, call: Call, at: float) -> Answer:
        """A call by an application, to whatever its target is."""
        target = self._mesh.targets[call.target]
        if isinstance(target, Store):
            return self._query(here, target, call.operation, at)
        if isinstance(target, Queue):
            return self._send(here, target, at)
        client = here.child()
        if isinstance(target, External):
            request = self._http(call.operation, target.host)
            answer = self._outside(client.child(), target, request, at + self._hop())
        else:
            request = self._request_to(here.pod, target, call)
            answer = self._through(client.child(), target, call, request, at + self._hop())
        answer = Answer(answer.end + self._hop(), answer.code)
        app_spans.client(client, target, call.operation, request, start=at, answer=answer)
        return answer

    def _through(self, here: Place, target: Service, call: Call, request: Request, start: float) -> Answer:
        """The caller's sidecar: picks a pod, waits no longer than it may, tries again; one span for all attempts."""
        at, attempt = start, 0
        while True:
            upstream = self._pod(target)
            verdict = self._attempt(here, upstream, call, request, at)
            if verdict.code not in {503, 504} or verdict.flags in _NEVER_SENT:
                break
            if attempt == call.retries:
                if attempt:
                    verdict = replace(verdict, flags="URX" if verdict.flags == "-" else f"{verdict.flags},URX")
                break
            attempt += 1
            at = verdict.end + _BACKOFF_S * attempt * self._rng.uniform(0.5, 1.5)
        cluster = cluster_out(target.host, 8080, upstream.version.name if len(target.versions) > 1 else "")
        called = None if verdict.flags in _NEVER_SENT else upstream
        peer = called.identity if called else ""
        proxy_spans.egress(here, request, start, verdict, cluster=cluster, peer=peer)
        self._counted.append(Exchange(here.pod, here.pod, called, target, request, start, verdict))
        return Answer(verdict.end, verdict.code)

    def _attempt(self, here: Place, upstream: Pod, call: Call, request: Request, at: float) -> Verdict:
        target, rng = upstream.service, self._rng
        for fault in self._scenario.faults:
            if fault.hits(target.id, upstream.version.name, here.pod.service.id) and rng.random() < fault.unhealthy:
                return Verdict(at + self._hop(), 503, "UH", "no_healthy_upstream")
        if rng.random() < self._load.overflow(target.id, target.slots, at):
            return Verdict(at + self._hop(), 503, "UO", "upstream_reset_before_response_started{overflow}")
        deadline = at + call.timeout_s
        served = self._serve(here, upstream, call, request, at + self._hop(), deadline=deadline)
        end = served.end + self._hop()
        if end > deadline:
            return Verdict(deadline, 504, "UT", "upstream_per_try_timeout" if call.retries else "response_timeout")
        return Verdict(end, served.code)

    def _serve(self, caller: Place, pod: Pod, call: Call, request: Request, at: float, *, deadline: float) -> Answer:
        """The called one: sidecar, then application, which works on after its caller has left."""
        here, operation = caller.child(pod), pod.service.operation(call.operation)
        answer = self._work(here.child(), operation, request, at + self._hop())
        verdict = Verdict(answer.end + self._hop(), answer.code)
        if verdict.end > deadline:
            verdict = Verdict(deadline, NO_ANSWER, "DC", "downstream_remote_disconnect")
        proxy_spans.ingress(here, request, at, verdict, caller=caller.pod.identity)
        self._counted.append(Exchange(pod, caller.pod, pod, pod.service, request, at, verdict))
        return Answer(answer.end + self._hop(), answer.code)

    def _work(self, here: Place, operation: Operation, request: Request, at: float) -> Answer:
        pod, rng = here.pod, self._rng
        service = pod.service
        own = self._lasts(operation.ms, operation.sigma, service.id, pod.version.name)
        code, message = self._fate(pod, operation)
        if message:
            own *= 0.3
        start = at + self._load.wait_s(service.id, service.slots, at, own, rng)
        self._load.add(service.id, at, own)
        end = start + own
        if code == OK:
            end, code = self._calls(here, operation, start, own)
        app_spans.server(here, operation.name, request, start, Answer(end, code, message))
        return Answer(end, code)

    def _calls(self, here: Place, operation: Operation, start: float, own: float) -> tuple[float, int]:
        """The calls of an operation between the first and the last of its own work; the first that fails ends them."""
        begun = at = start + own * 0.4
        code = OK
        inner = here.child() if operation.step else here
        for stage in operation.calls:
            made = [call for call in stage if self._rng.random() < call.chance]
            answers = [(call, self._call(inner, call, at)) for call in made]
            at = max([at, *(answer.end for _, answer in answers)])
            failed = [answer for call, answer in answers if answer.failed and not call.optional]
            if failed:
                code = failed[0].code or 503
                break
        if operation.step:
            app_spans.step(inner, operation.step, begun, at)
        return at + own * 0.6, code

    def _query(self, here: Place, store: Store, operation: str, at: float) -> Answer:
        lasts = self._lasts(store.ms, store.sigma, store.id)
        end = at + self._load.wait_s(store.id, store.slots, at, lasts, self._rng) + lasts
        self._load.add(store.id, at, lasts)
        app_spans.query(here.child(), store, operation, at, end)
        self._counted.append(Traffic(here.pod, store, end, *_QUERY_BYTES))
        return Answer(end)

    def _outside(self, here: Place, external: External, request: Request, at: float) -> Answer:
        end = at + self._lasts(external.ms, external.sigma, external.id)
        code = 402 if self._rng.random() < external.declined else OK
        verdict = Verdict(end, code)
        proxy_spans.egress(here, request, at, verdict, cluster=cluster_out(external.host, 443), peer="")
        self._counted.append(Exchange(here.pod, here.pod, None, external, request, at, verdict))
        return Answer(end, code)

    def _send(self, here: Place, queue: Queue, at: float) -> Answer:
        """Returns once the broker has the message; what its consumer does is a part of its own."""
        sent, end = here.child(), at + 0.002 * self._rng.lognormvariate(0, 0.5)
        app_spans.send(sent, queue, at, end)
        self._process(queue, end + queue.delay_ms / 1000 * self._rng.lognormvariate(0, 0.6), sent.context)
        return Answer(end)

    def _process(self, queue: Queue, at: float, sent: SpanContext) -> None:
        consumer = self._mesh.service(queue.consumer)
        here = Place.root(Trace.start(self._origin_ns, self._rng, self._sampler), self._pod(consumer))
        operation = consumer.operation(queue.operation)
        own = self._lasts(operation.ms, operation.sigma, consumer.id, here.pod.version.name)
        end, code = self._calls(here, operation, at, own)
        app_spans.process(here, queue, at, Answer(end, code), sent=sent)
        self._parts.append(Part(here.trace.end, here.trace.spans))

    def _pod(self, service: Service) -> Pod:
        """A version by its share of the traffic, then any of its pods."""
        shares = {version.name: version.share for version in service.versions}
        for fault in self._scenario.faults:
            if fault.share is not None and fault.target == service.id:
                rest = (1 - fault.share) / (1 - shares[fault.version])
                shares = {
                    name: fault.share if name == fault.version else share * rest for name, share in shares.items()
                }
        version = self._rng.choices(list(shares), list(shares.values()))[0]
        return self._rng.choice(self._pods[service.id, version])

    def _fate(self, pod: Pod, operation: Operation) -> tuple[int, str]:
        """The status the application itself gives this request, and its error's words."""
        for fault in self._scenario.faults:
            if fault.fails and fault.hits(pod.service.id, pod.version.name) and self._rng.random() < fault.fails:
                return fault.code, fault.message
        drawn = self._rng.random()
        if drawn < operation.fails:
            return 500, "connection reset by peer"
        return (404, "") if drawn > 1 - operation.missing else (OK, "")

    def _lasts(self, ms: float, sigma: float, target: str, version: str = "") -> float:
        slower = 1.0
        for fault in self._scenario.faults:
            if fault.hits(target, version):
                slower *= fault.slower
        return ms / 1000 * slower * exp(self._rng.gauss(0, sigma))

    def _request_to(self, pod: Pod, target: Service, call: Call) -> Request:
        near = target.namespace == pod.service.namespace
        host = target.name if near else f"{target.name}.{target.namespace}"
        mutual = not any(
            fault.plaintext and fault.hits(target.id, "", pod.service.id) for fault in self._scenario.faults
        )
        if target.grpc:
            return Request("POST", host, f"/{call.operation}", self._request_id, grpc=True, mutual=mutual)
        return replace(self._http(call.operation, host), mutual=mutual)

    def _http(self, operation: str, host: str) -> Request:
        method, _, path = operation.partition(" ")
        return Request(method, host, self._fill(path), self._request_id)

    def _fill(self, route: str) -> str:
        """A concrete path for a route."""
        if "{" not in route:
            return route
        return route.replace("{id}", str(self._rng.randrange(1000, 1400))).replace(
            "{user}", f"u{self._rng.randrange(900)}"
        )

    def _hop(self) -> float:
        return self._rng.uniform(*_HOP_S)
