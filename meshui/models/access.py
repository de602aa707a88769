"""Sign-in links and API tokens. Only SHA-256 hashes are kept; the secret is shown once."""

from django.conf import settings
from django.db import models


class SignInLink(models.Model):
    """A link that signs `user` in once, before `expires_at`."""

    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link for {self.user}"


class ApiToken(models.Model):
    """A program's key. `scope` is ingest (may send), read (may ask) or write (may ask and change)."""

    name = models.CharField(max_length=120, unique=True)
    digest = models.BinaryField(max_length=32, unique=True)
    scope = models.CharField(max_length=8, choices=[(s, s) for s in ("ingest", "read", "write")])
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} ({self.scope})"
