"""A file, or the rest of one, that holds no trace data; the text says why, for the line that says it was skipped."""


class Unreadable(Exception):
    """Not an error of the replay: the other files go on."""
