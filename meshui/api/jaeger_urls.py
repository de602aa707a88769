"""The calls of Jaeger's query API, below whatever path they are included at."""

from django.urls import path

from meshui.api import jaeger

urlpatterns = [
    path("services", jaeger.services),
    path("services/<path:service>/operations", jaeger.service_operations),
    path("operations", jaeger.operations),
    path("traces", jaeger.traces),
    path("traces/<str:trace_id>", jaeger.trace),
    path("dependencies", jaeger.dependencies),
]
