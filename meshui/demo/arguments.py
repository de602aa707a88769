"""`meshui demo`'s arguments, for the command and for `python -m meshui.demo` alike."""

import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from pathlib import Path

from meshui.demo.envoy.scenarios import SCENARIOS as ENVOY_SCENARIOS
from meshui.demo.run import SAMPLE, Options
from meshui.demo.scenarios import SCENARIOS
from meshui.demo.sending import speaks_http
from meshui.demo.simulation import DEFAULT_RATE

ENVOY_RATE = 20.0

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def add(parser: ArgumentParser) -> None:
    """Declare them on `parser`."""
    parser.add_argument(
        "--mesh", choices=("sdk", "envoy"), default="sdk", help="who sends: OpenTelemetry SDKs, or real Envoys"
    )
    parser.add_argument(
        "--endpoint", default="http://127.0.0.1:4317", help="OTLP address; gRPC, or HTTP if its port ends in 4318"
    )
    parser.add_argument("--rate", type=_positive, default=None, help="requests a second at the gateway")
    named = dict.fromkeys((*SCENARIOS, *ENVOY_SCENARIOS))
    parser.add_argument("--scenario", choices=tuple(named), default="", help="one for ever; default: all in turn")
    parser.add_argument("--duration", type=_seconds, default=None, help="stop after this long: 90, 90s, 5m, 1h")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same requests")
    parser.add_argument(
        "--sample", type=_share, default=None,
        help="share of traces to send, drawn by their ids before anything fails; metrics count every request",
    )  # fmt: skip
    parser.add_argument("--count", type=Path, default=None, help=SUPPRESS)


def options(arguments: Namespace, environment: Mapping[str, str]) -> Options:
    """Raises ValueError, with what to do instead, for what the chosen mesh does not have."""
    envoy = arguments.mesh == "envoy"
    if arguments.scenario and arguments.scenario not in (ENVOY_SCENARIOS if envoy else SCENARIOS):
        has = ", ".join(ENVOY_SCENARIOS if envoy else SCENARIOS)
        raise ValueError(f"The {arguments.mesh} mesh has no scenario {arguments.scenario}; it has {has}.")
    if envoy and speaks_http(arguments.endpoint):
        raise ValueError(
            f"The Envoys send OTLP over gRPC; {arguments.endpoint} takes HTTP. Its gRPC port is often 4317."
        )
    if envoy and arguments.sample is not None:
        raise ValueError("The Envoys trace every request: --sample is for the sdk mesh.")
    return Options(
        endpoint=arguments.endpoint,
        rate=arguments.rate or (ENVOY_RATE if envoy else DEFAULT_RATE),
        scenario=arguments.scenario,
        duration_s=arguments.duration,
        seed=arguments.seed,
        token=environment.get("MESHUI_TOKEN", ""),
        mesh=arguments.mesh,
        sample=arguments.sample or SAMPLE,
        count=arguments.count,
    )


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= 10_000:
        raise ArgumentTypeError(f"{text} requests/s is not between 0 and 10,000")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 1e-6 <= value <= 1:
        raise ArgumentTypeError(f"{text} is no share of traces: 1 sends all, 0.1 every tenth")
    return value


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None:
        raise ArgumentTypeError(f"{text!r} is no duration: expected a number of seconds, or like 90s, 5m, 1h")
    return float(match[1]) * _UNITS[match[2]]
