"""People: the owner made at the first start, one-time sign-in links."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from meshui.access.secrets import digest, new_secret
from meshui.models import SignInLink

LINK_LIFETIME = timedelta(hours=24)


def owner() -> User:
    """The first superuser; made, without a password, if there is none yet."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("id").first()
    if found is not None:
        return found
    made = User.objects.create_superuser("owner")
    made.set_unusable_password()
    made.save()
    return made


def new_link(user: User, now: datetime) -> str:
    """The secret part of a link that signs `user` in once within 24 h. Old links of any user are swept."""
    SignInLink.objects.filter(expires_at__lt=now).delete()
    secret = new_secret()
    SignInLink.objects.create(digest=digest(secret), user=user, expires_at=now + LINK_LIFETIME)
    return secret


def redeem(secret: str, now: datetime) -> User | None:
    """The link's user, once; None for a link that is unknown, used or too old."""
    won = SignInLink.objects.filter(digest=digest(secret), used_at=None, expires_at__gt=now).update(used_at=now) == 1
    if not won:
        return None
    user = SignInLink.objects.select_related("user").get(digest=digest(secret)).user
    return user if user.is_active else None
