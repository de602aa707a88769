"""Where reading a question about traces was: meshui/asked/traces.py, which pages use too."""

from meshui.asked.traces import LONGEST, asked_expression, asked_traces

__all__ = ["LONGEST", "asked_expression", "asked_traces"]
