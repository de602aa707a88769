"""Where Django looks for pages and calls."""

from django.urls import include, path

from meshui.api import graph as graph_api
from meshui.api import probes
from meshui.api import readings as readings_api
from meshui.api import series as series_api
from meshui.api import status as status_api
from meshui.api import trace as trace_api
from meshui.api import trace_fields as trace_fields_api
from meshui.api import trace_groups as trace_groups_api
from meshui.api import traces as traces_api
from meshui.api import upload as upload_api
from meshui.pages import access, assets, compare, graph, now, settings, trace, traces, upload
from telemetry.traces.jaeger import Names

urlpatterns = [
    path("", now.page),
    path("graph/", graph.page),
    path("settings/", settings.page),
    path("traces/", traces.page),
    path("traces/upload/", upload.page),
    path("traces/compare/", compare.page),
    path("traces/<str:trace_id>/", trace.page),
    path("sign-in/", access.sign_in),
    path("sign-out/", access.sign_out),
    path("password/", access.password),
    path("link/<str:secret>/", access.link),
    path("static/<path:name>", assets.asset),
    path("api/v1/graph", graph_api.graph),
    path("api/v1/services", graph_api.services),
    path("api/v1/services/<str:namespace>/<path:name>/signals", series_api.of_service),
    path("api/v1/edges/signals", series_api.of_edge),
    path("api/v1/readings", readings_api.readings),
    path("api/v1/flags", readings_api.flags),
    path("api/v1/status", status_api.status),
    path("api/v1/traces", traces_api.traces),
    path("api/v1/traces/heatmap", traces_api.heat),
    path("api/v1/traces/contrast", traces_api.contrast),
    path("api/v1/traces/aggregate", trace_groups_api.aggregate),
    path("api/v1/traces/fields", trace_fields_api.fields),
    path("api/v1/traces/values", trace_fields_api.values),
    path("api/v1/traces/complete", trace_fields_api.complete),
    path("api/v1/traces/upload", upload_api.upload),
    path("api/v1/traces/compare", trace_api.compare),
    path("api/v1/traces/<str:trace_id>", trace_api.trace),
    path("api/v1/traces/<str:trace_id>/critical-path", trace_api.path),
    path("jaeger/api/", include("meshui.api.jaeger_urls")),
    path("jaeger/dotted/api/", include("meshui.api.jaeger_urls"), {"names": Names.DOTTED}),
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("metrics", probes.metrics),
]
handler400 = "meshui.pages.errors.bad_request"
handler404 = "meshui.pages.errors.not_found"
handler500 = "meshui.pages.errors.broken"
