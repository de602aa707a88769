"""Ledger becomes slow; its callers give up, ask again, and so does everyone above them."""

from meshui.demo.scenario import Fault, Scenario

CASCADING_TIMEOUTS = Scenario(
    "cascading-timeouts",
    "ledger is slow; payments and checkout time out, and their retries multiply the load on it.",
    faults=(Fault("payments/ledger", slower=45),),
)
