"""The doors, what people own, and the clock."""

__version__ = "0.1.0"
