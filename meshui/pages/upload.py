"""`/traces/upload/`: a form for files of traces, and what came of it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meshui import uploads
from meshui.uploads import File, NotStored, Unusable

MOST_LISTED = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form; after a POST the traces with links, or why there are none."""
    bound = settings.CONFIG.max_body_bytes
    context: dict[str, object] = {"quiet": True, "most_mib": bound // 2**20}
    if request.method != "POST":
        return render(request, "traces/upload.html", context)
    sent = request.FILES.getlist("file")
    status = 400
    if not sent:
        context["wrong"] = "Choose a file first."
    elif sum(each.size or 0 for each in sent) > bound:
        status, context["wrong"] = 413, f"More than {bound // 2**20} MiB. `meshui replay` sends files of any size."
    else:
        files = [File(each.name or "", each.read()) for each in sent]
        status = _taken(request, files, context)
    return render(request, "traces/upload.html", context, status=status)


def _taken(request: HttpRequest, files: list[File], context: dict[str, object]) -> int:
    try:
        read = uploads.read(files, settings.CONFIG.max_inflated_bytes)
        uploads.store(read, request)
    except Unusable as no:
        context["wrong"] = str(no)
        return 413 if no.too_large else 400
    except NotStored as no:
        context["wrong"] = str(no)
        return no.status
    context |= {
        "read": read,
        "traces": list(read.traces.items())[:MOST_LISTED],
        "more": max(0, len(read.traces) - MOST_LISTED),
    }
    return 200
