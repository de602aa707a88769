"""What people own."""

from meshui.models.access import ApiToken, SignInLink

__all__ = ["ApiToken", "SignInLink"]
