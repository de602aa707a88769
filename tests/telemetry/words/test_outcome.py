"""Classes of outcomes: the faults of envoy-real.md §3.2 and the tables of mesh-telemetry.md §8.2 and §8.3."""

import pytest

from telemetry.outcome import FLAGS, Outcome, Side, classify

OK, ERROR, CLIENT_ERROR = Outcome.OK, Outcome.ERROR, Outcome.CLIENT_ERROR
THROTTLED, DENIED, CANCELLED = Outcome.THROTTLED, Outcome.DENIED, Outcome.CANCELLED


@pytest.mark.parametrize(
    ("code", "grpc", "flags", "status", "side", "outcome"),
    [
        pytest.param(504, -1, "UT", 2, "client", ERROR, id="route timeout at the caller"),
        pytest.param(0, -1, "DC", 0, "server", CANCELLED, id="the same call at the callee"),
        pytest.param(503, -1, "UH", 2, "client", ERROR, id="no healthy host"),
        pytest.param(503, -1, "UO", 2, "client", ERROR, id="breaker full"),
        pytest.param(503, -1, "URX", 2, "client", ERROR, id="retries used up"),
        pytest.param(404, -1, "URX", 2, "client", CLIENT_ERROR, id="retries ended in a 404"),
        pytest.param(200, -1, "", 0, "client", OK, id="retry succeeded"),
        pytest.param(200, 14, "UF", 2, "client", ERROR, id="gRPC connection refused"),
        pytest.param(0, -1, "UF,URX", 0, "client", ERROR, id="TCP connection refused"),
        pytest.param(503, -1, "FI", 2, "client", ERROR, id="injected abort"),
        pytest.param(200, -1, "DI", 0, "client", OK, id="injected delay"),
        pytest.param(429, -1, "RL", 0, "server", THROTTLED, id="rate limited at the callee"),
        pytest.param(429, -1, "", 2, "client", THROTTLED, id="rate limited as the caller sees it"),
        pytest.param(200, 14, "RL", 2, "client", THROTTLED, id="gRPC rate limited by Envoy"),
        pytest.param(403, -1, "", 2, "client", DENIED, id="RBAC denial"),
        pytest.param(200, 7, "UAEX", 0, "server", DENIED, id="gRPC denied by the authorizer"),
        pytest.param(404, -1, "NR", 0, "client", ERROR, id="no route at a sidecar"),
        pytest.param(404, -1, "NR", 0, "server", CLIENT_ERROR, id="a scanner at a gateway"),
        pytest.param(400, -1, "DPE", 0, "server", CLIENT_ERROR, id="the caller broke HTTP"),
        pytest.param(499, -1, "", 0, "server", CANCELLED, id="499"),
        pytest.param(501, -1, "", 0, "server", ERROR, id="501"),
        pytest.param(404, -1, "", 2, "client", CLIENT_ERROR, id="a client's 404 is no error"),
        pytest.param(200, -1, "", 2, "server", ERROR, id="a server's ERROR beside 200"),
        pytest.param(200, -1, "", 2, "client", OK, id="a client's ERROR beside 200"),
        pytest.param(0, -1, "", 2, "client", ERROR, id="a failed query or connection"),
        pytest.param(0, -1, "", 0, "client", OK, id="a span that says nothing"),
        pytest.param(200, 1, "", 2, "client", CANCELLED, id="gRPC CANCELLED"),
        pytest.param(200, 5, "", 2, "client", CLIENT_ERROR, id="gRPC NOT_FOUND"),
        pytest.param(200, 8, "", 0, "server", THROTTLED, id="gRPC RESOURCE_EXHAUSTED"),
        pytest.param(200, 12, "", 0, "server", ERROR, id="gRPC UNIMPLEMENTED"),
        pytest.param(200, 16, "", 0, "server", DENIED, id="gRPC UNAUTHENTICATED"),
        pytest.param(503, 0, "", 0, "client", OK, id="gRPC OK counts more than HTTP"),
        pytest.param(200, -1, "ZZ", 0, "server", OK, id="a flag nobody knows is judged by code"),
    ],
)
def test_class(code: int, grpc: int, flags: str, status: int, side: Side, outcome: Outcome) -> None:
    assert classify(code, grpc, flags, status, side) is outcome


@pytest.mark.parametrize(
    ("flags", "protocol", "outcome"),
    [
        pytest.param("", "http", ERROR, id="no answer"),
        pytest.param("", "tcp", OK, id="a connection that ended"),
        pytest.param("SI", "http", OK, id="a flag that leaves it to the code"),
    ],
)
def test_a_point_or_log_without_a_code(flags: str, protocol: str, outcome: Outcome) -> None:
    assert classify(0, -1, flags, None, "client", protocol=protocol) is outcome


def test_every_flag_has_its_sentence() -> None:
    known = "UH UF UO UC UR LR UT URX UMSDR UPE LH DF NC NFCF DO OM RLSE NR RL UAEX FI DI DC DR DPE IH SI DT RFCF"
    assert sorted(FLAGS) == sorted(known.split())
    assert len({flag.sentence for flag in FLAGS.values()}) == len(FLAGS)
