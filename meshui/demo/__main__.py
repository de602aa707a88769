"""`python -m meshui.demo`: what `meshui up --demo` starts as a child, and `meshui demo` runs in place."""

import signal
import sys
from argparse import ArgumentParser
from os import environ
from threading import Event

from meshui.demo import arguments
from meshui.demo.run import Options, run


def serve(options: Options) -> int:
    """Run until SIGINT or SIGTERM; answers the process's exit code."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sent = run(options, stop, say=lambda text: print(f"demo: {text}", flush=True))
    print(f"demo: {sent:,} spans sent.", flush=True)
    return 0


def main() -> int:
    parser = ArgumentParser(prog="meshui demo", description="A believable mesh that sends OTLP.")
    arguments.add(parser)
    try:
        options = arguments.options(parser.parse_args(), environ)
    except ValueError as refused:
        print(refused, file=sys.stderr)
        return 2
    return serve(options)


if __name__ == "__main__":
    sys.exit(main())
