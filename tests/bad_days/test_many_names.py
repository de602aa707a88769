"""Ten thousand service names: all stored, by a process that stays small."""

import json
from collections.abc import Callable

import httpx

from tests import build
from tests.bad_days.conftest import Child

SERVICES = 10_000
A_REQUEST = 500
MOST_RESIDENT_MIB = 1200
"""The engine takes 300 to 600 of it."""


def test_ten_thousand_service_names(start: Callable[..., Child]) -> None:
    child = start("engine")
    with httpx.Client(base_url=f"http://127.0.0.1:{child.port}", timeout=120) as client:
        for first in range(1, SERVICES, A_REQUEST):
            some = range(first, first + A_REQUEST)
            one = build.merged(
                *(build.traces(build.resource(f"svc-{n}", namespace=f"ns-{n % 97}"), build.span(id=n)) for n in some)
            )
            headers = {"content-type": "application/x-protobuf", "user-agent": f"agent-{first}"}
            assert client.post("/v1/traces", content=one.SerializeToString(), headers=headers).status_code == 200
    assert child.most_resident_mib() < MOST_RESIDENT_MIB
    assert sorted(json.loads(child.end())) == list(range(1, SERVICES + 1))
