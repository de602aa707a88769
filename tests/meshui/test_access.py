"""Who may do what: links once, tokens by scope, Host and Origin in every mode."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from meshui.access import people, tokens
from meshui.access.hosts import host_allowed, same_origin
from meshui.models import ApiToken, SignInLink
from telemetry.receive.admission import Admission

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def test_a_link_signs_in_once(db: None) -> None:
    secret = people.new_link(people.owner(), NOW)
    assert people.redeem(secret, NOW) == people.owner()
    assert people.redeem(secret, NOW) is None


def test_a_link_older_than_a_day_is_spent(db: None) -> None:
    secret = people.new_link(people.owner(), NOW)
    assert people.redeem(secret, NOW + timedelta(hours=25)) is None


def test_only_hashes_are_kept(db: None) -> None:
    secret = people.new_link(people.owner(), NOW)
    token = tokens.create("collector", "ingest", NOW)
    stored = [bytes(row.digest) for row in SignInLink.objects.all()] + [bytes(r.digest) for r in ApiToken.objects.all()]
    assert all(len(digest) == 32 for digest in stored)
    assert secret.encode() not in stored
    assert token.encode() not in stored


def test_the_owner_is_made_once_and_has_no_password(db: None) -> None:
    assert people.owner() == people.owner()
    assert User.objects.count() == 1
    assert not people.owner().has_usable_password()


@pytest.mark.parametrize(
    ("scope", "may"),
    [("ingest", {"ingest"}), ("read", {"read"}), ("write", {"read", "write"})],
)
def test_scopes(db: None, scope: str, may: set[str]) -> None:
    secret = tokens.create("x", scope, NOW)
    book = tokens.TokenBook()
    assert {need for need in tokens.SCOPES if book.allows(secret, need)} == may


def test_a_sender_is_told_which_no_it_is(db: None) -> None:
    reader, sender = tokens.create("reader", "read", NOW), tokens.create("sender", "ingest", NOW)
    book = tokens.TokenBook()
    assert book.admission(None) is Admission.UNKNOWN
    assert book.admission("made up") is Admission.UNKNOWN
    assert book.admission(reader) is Admission.FORBIDDEN
    assert book.admission(sender) is Admission.GRANTED


def test_a_token_made_later_is_known_after_reading_again(db: None) -> None:
    book = tokens.TokenBook()
    secret = tokens.create("late", "ingest", NOW)
    assert book.admission(secret) is Admission.UNKNOWN
    book.read_again()
    assert book.admission(secret) is Admission.GRANTED


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("localhost", True),
        ("10.1.2.3:8000", True),
        ("mesh.example:8000", True),
        ("MESH.example.", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("[:::1", False),
    ],
)
def test_hosts(host: str, allowed: bool) -> None:
    assert host_allowed(host, ("mesh.example",)) is allowed


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://127.0.0.1:9000", "127.0.0.1:8000", False),
        ("http://evil.example", "127.0.0.1:8000", False),
        ("null", "127.0.0.1:8000", False),
        ("", "", False),
    ],
)
def test_origins(origin: str, host: str, same: bool) -> None:
    assert same_origin(origin, host) is same


def test_a_foreign_host_is_refused_before_anything_is_read(db: None) -> None:
    answer = Client(HTTP_HOST="evil.example").get("/healthz")
    assert answer.status_code == 400
    assert b"MESHUI_ALLOWED_HOSTS" in answer.content


def test_every_answer_carries_the_strict_policy(db: None) -> None:
    answer = Client(HTTP_HOST="localhost").get("/healthz")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 302), ("/graph/", 302), ("/api/v1/graph", 401), ("/metrics", 401), ("/healthz", 200)],
)
def test_a_stranger_is_sent_to_sign_in(db: None, path: str, status: int) -> None:
    assert Client(HTTP_HOST="localhost").get(path).status_code == status


def test_a_token_without_the_scope_is_told_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tokens.create("sender", "ingest", NOW)
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    answer = Client(HTTP_HOST="localhost").get("/metrics", HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert answer.status_code == 403
    assert "scope read" in answer.json()["detail"]


def test_a_token_of_another_server_is_told_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    answer = Client(HTTP_HOST="localhost").get("/api/v1/graph", HTTP_AUTHORIZATION="Bearer made-up")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_does_not_replace_the_token_of_a_form(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tokens.create("writer", "write", NOW)
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    client = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {secret}", enforce_csrf_checks=True)
    assert client.post("/password/", {"new_password1": "x"}).status_code == 403
    assert client.post("/sign-in/", {"username": "owner"}).status_code == 403


def test_a_session_needs_the_csrf_token_to_write(db: None) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(people.owner())
    answer = client.post("/api/v1/graph", data="{}", content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["title"] == "CSRF token needed"


def test_the_link_opens_a_session_and_goes_on_only_to_our_own_pages(db: None) -> None:
    client = Client(HTTP_HOST="localhost")
    first = people.new_link(people.owner(), datetime.now(UTC))
    answer = client.get(f"/link/{first}/")
    assert answer.headers["Location"] == "/graph/"
    assert client.get("/metrics").status_code == 200
    second = people.new_link(people.owner(), datetime.now(UTC))
    assert client.get(f"/link/{second}/?next=https://evil.example/").headers["Location"] == "/"


def test_a_program_may_not_write_from_a_foreign_page(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tokens.create("writer", "write", NOW)
    monkeypatch.setattr(tokens, "_book", tokens.TokenBook())
    client = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {secret}", enforce_csrf_checks=True)
    body = {"data": "{}", "content_type": "application/json"}
    assert client.post("/api/v1/graph", HTTP_ORIGIN="https://evil.example", **body).status_code == 403
    assert client.post("/api/v1/graph", HTTP_SEC_FETCH_SITE="cross-site", **body).status_code == 403
    assert client.post("/api/v1/graph", data="x=1", content_type="text/plain").status_code == 415
    assert client.post("/api/v1/graph", HTTP_ORIGIN="http://localhost", **body).status_code == 405
