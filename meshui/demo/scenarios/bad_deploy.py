"""A third of cart's traffic moves to v2, and v2 is broken: it fails, and outlier ejection leaves its subset empty."""

from meshui.demo.scenario import Fault, Scenario

BAD_DEPLOY = Scenario(
    "bad-deploy",
    "cart v2 takes a third of the traffic and answers most of it with 503.",
    faults=(
        Fault(
            "shop/cart",
            version="v2",
            share=0.33,
            fails=0.85,
            code=503,
            message="redis: pool exhausted: max_connections=0 in config v2",
            unhealthy=0.45,
        ),
    ),
)
