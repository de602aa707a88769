"""`python -m meshui.demo`: what `meshui up --demo` starts as a child, and `meshui demo` runs in place."""

import json
import os
import signal
import sys
from argparse import ArgumentParser
from threading import Event, Thread
from typing import TextIO

from meshui.demo import arguments
from meshui.demo.envoy import run as envoy
from meshui.demo.envoy.children import Failed
from meshui.demo.envoy.missing import Missing
from meshui.demo.run import Options, run


def serve(options: Options, stop: Event | None = None) -> int:
    """Run until SIGINT, SIGTERM or `stop`; answers the process's exit code."""
    stop = stop or Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def say(text: str) -> None:
        print(f"demo: {text}", flush=True)

    if options.mesh == "sdk":
        say(f"{run(options, stop, say):,} spans sent.")
        return 0
    try:
        say(f"{envoy.run(options, stop, say):,} requests made.")
    except (Missing, Failed) as why:
        print(f"demo: {why}", file=sys.stderr, flush=True)
        return 1
    return 0


def tied(options: Options, parent: TextIO) -> int:
    """Where to send is the first line of `parent`, as JSON; when `parent` ends, so does the demo."""
    line = parent.readline()
    if not line:
        return 0
    said = json.loads(line)
    if said["certificate"]:
        os.environ["OTEL_EXPORTER_OTLP_CERTIFICATE"] = said["certificate"]
    stop = Event()

    def until_it_ends() -> None:
        parent.read()
        stop.set()

    Thread(target=until_it_ends, daemon=True).start()
    return serve(options.sending(said["endpoint"], said["token"]), stop)


def main() -> int:
    parser = ArgumentParser(prog="meshui demo", description="A believable mesh that sends OTLP.")
    arguments.add(parser)
    parser.add_argument(
        "--tied", action="store_true", help="be told by standard input where to send; leave when it ends"
    )
    chosen = parser.parse_args()
    try:
        options = arguments.options(chosen, os.environ)
    except ValueError as refused:
        print(refused, file=sys.stderr)
        return 2
    return tied(options, sys.stdin) if chosen.tied else serve(options)


if __name__ == "__main__":
    sys.exit(main())
