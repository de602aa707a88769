"""An ordinary day: a few errors, a long tail, nothing to see."""

from meshui.demo.scenario import Scenario

STEADY = Scenario("steady", "Nothing is wrong.", lasts_s=60)
