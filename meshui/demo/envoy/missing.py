"""What stops the demo before it begins, in a sentence."""


class Missing(Exception):
    """Something this machine lacks; the text says what, and what to do."""
