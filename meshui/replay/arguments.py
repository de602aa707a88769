"""`meshui replay`'s arguments."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping

from meshui.replay.run import Options


def add(parser: ArgumentParser) -> None:
    """Declare them on `parser`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="file or folder, gzip or plain; - is standard input")
    parser.add_argument("--endpoint", default="http://127.0.0.1:4318", help="OTLP/HTTP address")
    parser.add_argument("--speed", type=_speed, default=None, help="pace as recorded times this; default: all at once")
    parser.add_argument("--now", action="store_true", help="shift all times so that the newest record ends now")
    parser.add_argument("--token", default="", help="a token that may send; default: MESHUI_TOKEN")


def options(arguments: Namespace, environment: Mapping[str, str]) -> Options:
    return Options(
        files=tuple(arguments.files),
        endpoint=arguments.endpoint,
        speed=arguments.speed,
        now=arguments.now,
        token=arguments.token or environment.get("MESHUI_TOKEN", ""),
    )


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no number") from error
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"{text} is no speed: expected a number above 0, 1 is as recorded")
    return value
