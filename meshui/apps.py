"""Where Django looks for the app."""

from django.apps import AppConfig


class MeshUI(AppConfig):
    """The one app. It must not import the engine: a fork that touched chDB hangs."""

    name = "meshui"
    verbose_name = "MeshUI"
