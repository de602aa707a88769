"""The `meshui` command: Django's management, with a `--name value` flag for every setting."""

import os
import sys
from dataclasses import fields

from meshui.config import PREFIX, Config, ConfigError


def take_flags(argv: list[str]) -> list[str]:
    """`argv` without the flags that name a setting (`--data-dir X`, `--http=ADDR`); those go into os.environ."""
    names = {"--" + row.name.replace("_", "-"): PREFIX + row.name.upper() for row in fields(Config)}
    rest: list[str] = []
    queue = list(argv)
    while queue:
        word = queue.pop(0)
        flag, equals, value = word.partition("=")
        if flag not in names:
            rest.append(word)
        elif equals:
            os.environ[names[flag]] = value
        elif queue:
            os.environ[names[flag]] = queue.pop(0)
        else:
            raise ConfigError(f"{flag} needs a value.")
    return rest


def main() -> None:
    """Run one command and leave with its exit code; a setting that cannot be used ends in one plain sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meshui.settings")
    try:
        argv = [sys.argv[0], *take_flags(sys.argv[1:])]
        from django.core.management import execute_from_command_line

        execute_from_command_line(argv)
    except ConfigError as error:
        sys.stderr.write(f"meshui: {error}\n")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
