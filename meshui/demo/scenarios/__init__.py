"""Every scenario, by the name `--scenario` takes, in the order the default cycle shows them."""

from meshui.demo.scenario import Scenario
from meshui.demo.scenarios.bad_deploy import BAD_DEPLOY
from meshui.demo.scenarios.cascading_timeouts import CASCADING_TIMEOUTS
from meshui.demo.scenarios.plaintext_edge import PLAINTEXT_EDGE
from meshui.demo.scenarios.slow_database import SLOW_DATABASE
from meshui.demo.scenarios.steady import STEADY
from meshui.demo.scenarios.traffic_surge import TRAFFIC_SURGE

PROBLEMS = (BAD_DEPLOY, SLOW_DATABASE, CASCADING_TIMEOUTS, PLAINTEXT_EDGE, TRAFFIC_SURGE)
SCENARIOS: dict[str, Scenario] = {each.name: each for each in (STEADY, *PROBLEMS)}
