"""Which scenario runs when: one for ever, or all problems in turn with quiet between, the first soon after start."""

from collections.abc import Callable

from meshui.demo.scenario import Scenario
from meshui.demo.scenarios import PROBLEMS
from meshui.demo.scenarios.steady import STEADY

FIRST_PROBLEM_S = 15.0

Timeline = Callable[[float], Scenario]


def only(scenario: Scenario) -> Timeline:
    """`scenario` from the start on; the history before it is steady, so that there is a before to compare with."""
    return lambda at: scenario if at >= 0 else STEADY


def cycle(at: float) -> Scenario:
    """The scenario `at` seconds after the start."""
    if at < FIRST_PROBLEM_S:
        return STEADY
    at = (at - FIRST_PROBLEM_S) % sum(each.lasts_s + STEADY.lasts_s for each in PROBLEMS)
    for problem in PROBLEMS:
        if at < problem.lasts_s:
            return problem
        at -= problem.lasts_s
        if at < STEADY.lasts_s:
            return STEADY
        at -= STEADY.lasts_s
    return STEADY
