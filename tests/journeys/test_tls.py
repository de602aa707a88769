"""With a certificate all three ports speak TLS, cookies are secure, and the demo mesh finds its way."""

import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx
import pytest
from websockets.sync.client import connect

from meshui.bench.server import free_ports
from tests.bad_days.sending import PROTOBUF, request_of
from tests.bad_days.starting import environment
from tests.journeys.test_sign_in import SENDS
from tests.waiting import until

LINK = re.compile(r"https://127\.0\.0\.1:\d+/link/[\w-]{43}/")


@dataclass
class Secure:
    certificate: Path
    said: list[str]
    web: int
    otlp_http: int
    otlp_grpc: int
    environ: dict[str, str]

    def browser(self) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(base_url=f"https://127.0.0.1:{self.web}", verify=context, timeout=30)

    def link(self) -> str:
        found = LINK.search("\n".join(self.said))
        return found[0] if found else ""


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """`meshui up --demo` with a certificate for 127.0.0.1, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with: apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=meshui", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    web, http, grpc_port = free_ports(3)
    environ = environment(
        folder / "data", TLS_CERT=str(certificate), TLS_KEY=str(key), HTTP=f"127.0.0.1:{web}",
        OTLP_HTTP=f"127.0.0.1:{http}", OTLP_GRPC=f"127.0.0.1:{grpc_port}", INGEST_AUTH="on",
    )  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-m", "meshui", "up", "--demo"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    here = Secure(certificate, [], web, http, grpc_port, environ)
    reader = threading.Thread(target=lambda: here.said.extend(child.stdout or ()), daemon=True)
    reader.start()
    try:
        until(lambda: here.link() or child.poll() is not None, "a link")
        yield here
    finally:
        child.terminate()
        assert child.wait(60) == 0
        reader.join(10)
        assert "Traceback" not in "".join(here.said)


def test_the_link_signs_in_with_a_secure_cookie_and_the_demo_is_there(secure: Secure) -> None:
    with secure.browser() as client:
        answer = client.get(secure.link())
        assert answer.status_code == 302, secure.said
        assert "Secure" in answer.headers["Set-Cookie"]
        assert answer.headers["Strict-Transport-Security"]
        until(lambda: len(client.get("/api/v1/graph").json()["edges"]) > 10, "the demo's calls on the graph")
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    context = ssl.create_default_context(cafile=str(secure.certificate))
    headers = {"Cookie": cookie, "Origin": f"https://127.0.0.1:{secure.web}"}
    with connect(f"wss://127.0.0.1:{secure.web}/ws/graph/", ssl=context, additional_headers=headers) as socket:
        assert '"snapshot"' in str(socket.recv(10))


def test_both_receivers_speak_tls(secure: Secure) -> None:
    command = [sys.executable, "-m", "meshui", "token", "create", "sender", "--scope", "ingest"]
    made = subprocess.run(command, env=secure.environ, capture_output=True, text=True, check=True)
    token = f"Bearer {made.stdout.strip()}"
    body, headers = request_of("cart", range(1, 3)), PROTOBUF | {"Authorization": token}
    with secure.browser() as client:
        url = f"https://127.0.0.1:{secure.otlp_http}/v1/traces"
        until(
            lambda: client.post(url, content=body, headers=headers).status_code == 200, "the token known", within_s=15
        )
    credentials = grpc.ssl_channel_credentials(secure.certificate.read_bytes())
    with grpc.secure_channel(f"127.0.0.1:{secure.otlp_grpc}", credentials) as channel:
        channel.unary_unary(SENDS)(body, metadata=[("authorization", token)], timeout=30)


def test_nothing_is_answered_in_the_clear(secure: Secure) -> None:
    for port in (secure.web, secure.otlp_http):
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30)
    with grpc.insecure_channel(f"127.0.0.1:{secure.otlp_grpc}") as channel, pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary(SENDS)(b"", timeout=10)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def test_check_trusts_its_own_certificate(secure: Secure) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "meshui", "check"], env=secure.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tick" in done.stdout
