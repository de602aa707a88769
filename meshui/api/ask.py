"""Where reading instants and windows was: meshui/asked/instants.py, which pages use too."""

from meshui.asked.instants import BadQuestion, asked_instant, asked_int, asked_window

__all__ = ["BadQuestion", "asked_instant", "asked_int", "asked_window"]
