"""What is shown where there is nothing, and when a page broke: a sentence, not a stack."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from meshui.access.middleware import CALLS
from meshui.access.problem import problem


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    if request.path.startswith(CALLS):
        return problem(404, "No such call", f"{request.path} is no call of this API.")
    return render(request, "error.html", {"title": "There is no such page.", "path": request.path}, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    if request.path.startswith(CALLS):
        return problem(400, "Bad request", "This request cannot be read.")
    return render(request, "error.html", {"title": "This request cannot be read.", "path": request.path}, status=400)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A write without Django's CSRF token: from another site's page, or from a page that is too old."""
    if request.path.startswith(CALLS):
        return problem(403, "CSRF token needed", f"{reason} Programs send Authorization: Bearer TOKEN instead.")
    title = "This form has expired. Go back, reload the page and send it again."
    return render(request, "error.html", {"title": title, "path": request.path}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(CALLS):
        return problem(500, "MeshUI broke", "An error in MeshUI itself; its log has the cause.")
    return render(request, "error.html", {"title": "This page broke.", "path": request.path}, status=500)
