"""Signing in: the one-time link, name and password, setting a password, signing out."""

from datetime import UTC, datetime

from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from meshui.access import people

sign_in = LoginView.as_view(template_name="access/sign_in.html", redirect_authenticated_user=True)
sign_out = LogoutView.as_view()


@never_cache
@require_GET
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Redeem a one-time link and open the graph; used or too old, the sign-in page says how to get a new one."""
    user = people.redeem(secret, datetime.now(UTC))
    if user is None:
        return render(request, "access/sign_in.html", {"form": None, "spent": True}, status=403)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    target = request.GET.get("next", "/graph/")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if safe else "/")


@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set the signed-in person's password; their other sessions end, this one stays."""
    if not isinstance(request.user, User):
        return HttpResponseRedirect("/sign-in/")
    form = SetPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        return render(request, "access/password.html", {"form": form, "done": True})
    return render(request, "access/password.html", {"form": form, "done": False})
