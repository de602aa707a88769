"""People and programs at a server with sign-in on: links, passwords, tokens, from the first start."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import grpc
import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from meshui.bench.server import Server, started
from tests.bad_days.sending import PROTOBUF, post, request_of
from tests.journeys.meshui_command import meshui, said
from tests.waiting import until

SENDS = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/link/[\w-]{43}/")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PASSWORD = "a-long-enough-secret-42"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Sign-in on for pages, and tokens asked of senders, though all is on loopback."""
    server = started(tmp_path_factory.mktemp("closed") / "data", AUTH="on", INGEST_AUTH="on")
    yield server
    assert server.stop() == 0


def browser(server: Server) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{server.web}", timeout=30)


def csrf(page: httpx.Response) -> str:
    found = TOKEN.search(page.text)
    assert found, page.text
    return found[1]


def signed_in(server: Server, *whose: str) -> httpx.Client:
    """By a new link."""
    client = browser(server)
    assert client.get(said(server, "link", *whose)).headers["Location"] == "/graph/"
    return client


def test_the_first_start_prints_a_link_that_opens_the_graph_once(closed: Server) -> None:
    log = (closed.directory.parent / f"{closed.directory.name}.log").read_text()
    found = LINK.search(log)
    assert found, log
    with browser(closed) as client:
        assert client.get("/graph/").headers["Location"] == "/sign-in/?next=%2Fgraph%2F"
        first = client.get(found[0])
        assert (first.status_code, first.headers["Location"]) == (302, "/graph/")
        cookie = first.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
        assert client.get("/graph/").status_code == 200
        assert client.get("/api/v1/graph").status_code == 200
    with browser(closed) as thief:
        second = thief.get(found[0])
        assert second.status_code == 403
        assert "meshui link" in second.text
        assert thief.get("/graph/").status_code == 302


def test_a_session_opens_the_socket_and_a_stranger_does_not(closed: Server) -> None:
    url = f"ws://127.0.0.1:{closed.web}/ws/graph/"
    with closing(signed_in(closed)) as client:
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        with connect(url, additional_headers={"Cookie": cookie}) as socket:
            assert '"snapshot"' in str(socket.recv(10))
        foreign = {"Cookie": cookie, "Origin": "https://evil.example"}
        for headers, status in ((foreign, 403), ({}, 401)):
            with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=headers):
                pass
            assert refused.value.response.status_code == status


def test_a_person_is_added_sets_a_password_and_signs_in_with_it(closed: Server) -> None:
    link = said(closed, "user", "add", "ada").splitlines()[-1].strip()
    with browser(closed) as client:
        assert client.get(link).status_code == 302
        form = {"new_password1": PASSWORD, "new_password2": PASSWORD}
        assert client.post("/password/", data=form).status_code == 403, "without the form's token"
        form["csrfmiddlewaretoken"] = csrf(client.get("/password/"))
        short = client.post("/password/", data=form | {"new_password1": "short", "new_password2": "short"})
        assert "12 characters" in short.text
        done = client.post("/password/", data=form)
        assert "The password is set" in done.text
        assert client.get("/graph/").status_code == 200, "this session stays"
    with browser(closed) as again:
        page = again.get("/sign-in/?next=/graph/")
        form = {"username": "ada", "password": "wrong", "next": "/graph/", "csrfmiddlewaretoken": csrf(page)}
        assert "do not match" in again.post("/sign-in/", data=form).text
        form["password"] = PASSWORD
        assert again.post("/sign-in/", data=form | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
        answer = again.post("/sign-in/", data=form)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/graph/")
        assert again.get("/graph/").status_code == 200
        assert again.post("/sign-out/").status_code == 403
        out = again.post("/sign-out/", data={"csrfmiddlewaretoken": again.cookies["meshui_csrf"]})
        assert out.status_code == 302
        assert again.get("/graph/").status_code == 302


def test_a_page_never_sends_people_elsewhere(closed: Server) -> None:
    with browser(closed) as client:
        answer = client.get(f"{said(closed, 'link')}?next=//evil.example/")
        assert answer.headers["Location"] == "/"


def test_commands_say_what_is_wrong(closed: Server) -> None:
    for arguments, words in (
        (("link", "--user", "nobody"), "There is no user nobody"),
        (("user", "add", "owner"), "There is a user owner already"),
        (("token", "create", "x", "--scope", "all"), "invalid choice"),
    ):
        done = meshui(closed, *arguments)
        assert done.returncode != 0
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_a_sender_needs_a_token_with_the_scope_ingest(closed: Server) -> None:
    body = request_of("cart", range(1, 3))
    assert post(closed, body).status == 401
    assert sent_by_grpc(closed, body, "") is grpc.StatusCode.UNAUTHENTICATED
    # The reader's first: whoever knows the sender's token has read both.
    reader = said(closed, "token", "create", "grafana", "--scope", "read")
    sender = said(closed, "token", "create", "collector", "--scope", "ingest")

    def taken() -> bool:
        return post(closed, body, headers=PROTOBUF | {"Authorization": f"Bearer {sender}"}).status == 200

    until(taken, "the new token known", within_s=15)
    assert sent_by_grpc(closed, body, sender) is grpc.StatusCode.OK
    assert post(closed, body, headers=PROTOBUF | {"Authorization": f"Bearer {reader}"}).status == 403
    assert sent_by_grpc(closed, body, reader) is grpc.StatusCode.PERMISSION_DENIED
    with browser(closed) as client:
        asked = {
            token: client.get("/api/v1/graph", headers={"Authorization": f"Bearer {token}"})
            for token in (reader, sender)
        }
        assert [answer.status_code for answer in asked.values()] == [200, 403]
        assert client.get("/api/v1/graph").status_code == 401
        assert client.get("/metrics", headers={"Authorization": f"Bearer {reader}"}).status_code == 200


def sent_by_grpc(server: Server, body: bytes, token: str) -> grpc.StatusCode:
    metadata = [("authorization", f"Bearer {token}")] if token else []
    with grpc.insecure_channel(f"127.0.0.1:{server.otlp_grpc}") as channel:
        try:
            channel.unary_unary(SENDS)(body, metadata=metadata, timeout=30)
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def test_nothing_secret_is_kept_in_the_clear_or_readable_by_others(closed: Server) -> None:
    token = said(closed, "token", "create", "secret", "--scope", "read")
    secret = said(closed, "link").rstrip("/").rpartition("/")[2]
    kept = b"".join(path.read_bytes() for path in Path(closed.directory).glob("meshui.sqlite3*"))
    assert b"collector" in kept or b"secret" in kept
    assert token.encode() not in kept
    assert secret.encode() not in kept
    assert (closed.directory / "secret_key").stat().st_mode & 0o077 == 0


def test_check_beside_a_running_server_asks_it(closed: Server) -> None:
    lines = said(closed, "check").splitlines()
    assert all(line.startswith("ok") for line in lines)
    assert any("tick" in line for line in lines)
