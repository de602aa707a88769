"""`POST /api/v1/traces/upload`: a file of traces as the body, or several in a form."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from meshui import uploads
from meshui.access.problem import problem
from meshui.api.answer import ok
from meshui.uploads import File, NotStored, Unusable, Upload

MOST_LISTED = 1_000


def upload(request: HttpRequest) -> HttpResponse:
    """201 with the ids once all of it is durable; it can be found a moment later."""
    if request.method != "POST":
        response = problem(405, "Method not allowed", f"Send files to {request.path} with POST.")
        response.headers["Allow"] = "POST"
        return response
    files = _files(request)
    if isinstance(files, HttpResponse):
        return files
    try:
        read = uploads.read(files, settings.CONFIG.max_inflated_bytes)
        uploads.store(read, request)
    except Unusable as no:
        return problem(413 if no.too_large else 400, "Too large" if no.too_large else "No traces", str(no))
    except NotStored as no:
        response = problem(no.status, "Not stored", str(no))
        response.headers["Retry-After"] = str(no.retry_after_s)
        return response
    return ok(_body(read), 201)


def _files(request: HttpRequest) -> list[File] | HttpResponse:
    bound = settings.CONFIG.max_body_bytes
    if request.content_type == "multipart/form-data":
        sent = request.FILES.getlist("file")
        if not sent:
            return problem(400, "No file", "Send at least one file.", [("file", "a file is needed")])
        if sum(each.size or 0 for each in sent) > bound:
            return _too_large(bound)
        return [File(each.name or "", each.read()) for each in sent]
    if request.content_type != "application/json":
        return problem(415, "Wrong type", "Send the file as application/json, or in a form as multipart/form-data.")
    # Not request.body: Django bounds that by a setting for forms.
    data = request.read(bound + 1)
    return _too_large(bound) if len(data) > bound else [File("", data)]


def _too_large(bound: int) -> HttpResponse:
    text = (
        f"More than {bound:,} bytes. Send it in parts, or raise MESHUI_MAX_BODY_BYTES; `meshui replay` sends any size."
    )
    return problem(413, "Too large", text)


def _body(read: Upload) -> dict[str, object]:
    listed = list(read.traces.items())[:MOST_LISTED]
    return {
        "traces": [{"trace_id": trace, "spans": spans} for trace, spans in listed],
        "trace_count": len(read.traces),
        "spans": read.spans,
        "rejected": read.rejected,
        "reason": read.reason,
    }
