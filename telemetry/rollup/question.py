"""The .sql files of this folder, as questions and statements by name, with the parameters each of them takes."""

from pathlib import Path
from typing import Any

from telemetry.engine import statement
from telemetry.engine.engine import Engine, Row

_HERE = Path(__file__).parent


def ask(engine: Engine, name: str, form: int = 0, /, **params: Any) -> list[Row]:
    """The answer to the question in `<name>.sql`; `form`: which of its forms, where it has several."""
    text = _statements(name)[form]
    return engine.query(text, _taken(text, params))


def run(engine: Engine, name: str, /, **params: Any) -> None:
    """Every statement of `<name>.sql`, in order."""
    for text in _statements(name):
        engine.execute(text, _taken(text, params))


def _statements(name: str) -> list[str]:
    return statement.statements(statement.read(_HERE / f"{name}.sql"))


def _taken(text: str, params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if f"{{{name}:" in text}
