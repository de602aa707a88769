"""A campaign: two and a half times the requests; what has little headroom queues, then overflows."""

from meshui.demo.scenario import Scenario

TRAFFIC_SURGE = Scenario(
    "traffic-surge",
    "Two and a half times the usual traffic; catalog has no headroom for it and overflows.",
    traffic=2.5,
)
