"""A missing index: catalog's database needs 115 times as long, and its connections queue."""

from meshui.demo.scenario import Fault, Scenario

SLOW_DATABASE = Scenario(
    "slow-database",
    "catalog-db needs 115 times as long; all that ask catalog wait for it, some for too long.",
    faults=(Fault("shop/catalog-db", slower=115),),
)
