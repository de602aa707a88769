"""The data path: bytes in, a live graph out. Has never heard of Django."""
