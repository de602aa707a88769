"""Which scenario runs when: one for ever, or all problems in turn with quiet between, the first soon after start."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from meshui.demo.scenario import Scenario
from meshui.demo.scenarios import PROBLEMS
from meshui.demo.scenarios.steady import STEADY

FIRST_PROBLEM_S = 15.0

S = TypeVar("S", bound=Scenario)
Timeline = Callable[[float], Scenario]


def only(scenario: Scenario) -> Timeline:
    """`scenario` from the start on; the history before it is steady, so that there is a before to compare with."""
    return lambda at: scenario if at >= 0 else STEADY


def in_turn(problems: Sequence[S], quiet: S) -> Callable[[float], S]:
    """Every problem for as long as it lasts, with `quiet` before, between and after, for ever."""
    period = sum(each.lasts_s + quiet.lasts_s for each in problems)

    def due(at: float) -> S:
        if at < FIRST_PROBLEM_S:
            return quiet
        at = (at - FIRST_PROBLEM_S) % period
        for problem in problems:
            if at < problem.lasts_s:
                return problem
            at -= problem.lasts_s
            if at < quiet.lasts_s:
                return quiet
            at -= quiet.lasts_s
        return quiet

    return due


cycle: Timeline = in_turn(PROBLEMS, STEADY)
