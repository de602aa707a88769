"""256 random bits as text, and the hash that is kept of them."""

import hashlib
import secrets


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """SHA-256: enough for 256 random bits, and cheap enough for every request."""
    return hashlib.sha256(secret.encode()).digest()
