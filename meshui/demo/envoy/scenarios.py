"""What can be wrong in the mesh of real Envoys: Envoy's own faults, a service that fails, a process that is killed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshui.demo.envoy.topology import CANARY, CANARY_CLUSTERS, OFFERS, WEB
from meshui.demo.scenario import Scenario
from meshui.demo.scenarios.steady import STEADY as QUIET

_STABLE_WEIGHT, _CANARY_WEIGHT = (f"routing.cart.{cluster}" for cluster in CANARY_CLUSTERS)
_ABORT, _DELAY = "fault.http.abort.abort_percent", "fault.http.delay.fixed_delay_percent"


@dataclass(frozen=True, slots=True)
class Trouble(Scenario):
    """`runtime`: values set in web's Envoy. `fails`: share answered with 503, by instance. `killed`: a process that is
    killed again and again, and started again in between."""

    runtime: Mapping[str, int] = field(default_factory=dict)
    fails: Mapping[str, float] = field(default_factory=dict)
    killed: str = ""


STEADY = Trouble(QUIET.name, QUIET.sentence, lasts_s=QUIET.lasts_s)
BAD_DEPLOY = Trouble(
    "bad-deploy",
    "cart v2 takes a third of the traffic and answers most of it with 503.",
    runtime={_STABLE_WEIGHT: 67, _CANARY_WEIGHT: 33},
    fails={CANARY.id: 0.85},
)
FAULT_ABORT = Trouble(
    "fault-abort",
    "web's Envoy aborts three of ten calls to offers with 503; its pages come without offers.",
    runtime={_ABORT: 30},
)
FAULT_DELAY = Trouble(
    "fault-delay", "web's Envoy holds half of its calls to offers for half a second.", runtime={_DELAY: 50}
)
KILLED_INSTANCE = Trouble(
    "killed-instance", "The process of offers is killed again and again; its Envoy answers for it.", killed=OFFERS.id
)
TRAFFIC_SURGE = Trouble(
    "traffic-surge",
    "Two and a half times the usual traffic; stock has no headroom for it, and cart's circuit breaker overflows.",
    traffic=2.5,
)

PROBLEMS = (BAD_DEPLOY, FAULT_DELAY, KILLED_INSTANCE, FAULT_ABORT, TRAFFIC_SURGE)
SCENARIOS: dict[str, Trouble] = {each.name: each for each in (STEADY, *PROBLEMS)}
FAULTY_PROXY = WEB.id
RESTING: dict[str, int] = {_STABLE_WEIGHT: 80, _CANARY_WEIGHT: 20, _ABORT: 0, _DELAY: 0}
