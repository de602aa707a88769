"""Signals of counts: what divides what, and that unknown is None, never 0."""

from dataclasses import fields

import pytest
from hypothesis import given

from telemetry.signals import Attempts, Counts, Signals, attempts, signals
from tests.graphs import any_counts


def test_every_signal_by_its_definition() -> None:
    counts = Counts(
        requests=120,
        failures=30,
        cancelled=20,
        client_errors=10,
        denied=5,
        attempts=150,
        latency={7: 100},
        mutual_tls=60,
        reached=80,
        bytes_in=6000,
        bytes_out=600,
        connections=6,
        saturation=0.7,
    )
    assert signals(counts, 60) == Signals(
        rps=2.0,
        error_ratio=0.3,
        client_error_ratio=0.1,
        p50_ms=pytest.approx(2 ** (7.5 / 8)),
        p90_ms=pytest.approx(2 ** (7.9 / 8)),
        p95_ms=pytest.approx(2 ** (7.95 / 8)),
        p99_ms=pytest.approx(2 ** (7.99 / 8)),
        saturation=0.7,
        mtls_ratio=0.75,
        denied_ratio=0.05,
        retry_ratio=0.25,
        bytes_in_per_s=100.0,
        bytes_out_per_s=10.0,
        connections_per_s=0.1,
    )


@pytest.mark.parametrize(
    ("counts", "name", "value"),
    [
        pytest.param(Counts(), "rps", 0.0, id="no request is a rate of 0"),
        pytest.param(Counts(), "error_ratio", None, id="no request has no ratio"),
        pytest.param(Counts(5, cancelled=5), "error_ratio", None, id="only cancelled has no ratio"),
        pytest.param(Counts(5, 0), "error_ratio", 0.0, id="no failure is a ratio of 0"),
        pytest.param(Counts(5), "p95_ms", None, id="no sample"),
        pytest.param(Counts(5), "mtls_ratio", None, id="nothing says whether TLS"),
        pytest.param(Counts(5, mutual_tls=0, reached=0), "mtls_ratio", None, id="no call reached a host"),
        pytest.param(Counts(5, mutual_tls=0, reached=5), "mtls_ratio", 0.0, id="plaintext"),
        pytest.param(Counts(5), "retry_ratio", None, id="nothing says how many attempts"),
        pytest.param(Counts(5, attempts=5), "retry_ratio", 0.0, id="no retry"),
        pytest.param(Counts(5, attempts=3), "retry_ratio", 0.0, id="fewer attempts than requests: some never left"),
        pytest.param(Counts(5), "bytes_in_per_s", None, id="nothing says how many bytes"),
        pytest.param(Counts(bytes_in=0), "bytes_in_per_s", 0.0, id="no bytes"),
    ],
)
def test_unknown_is_none_and_none_is_zero_only_where_counted(counts: Counts, name: str, value: float | None) -> None:
    assert getattr(signals(counts, 60), name) == value


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param(Counts(100, 1, attempts=123, retry_success=13), Attempts(1.23, 0.86, 0.99), id="retries help"),
        pytest.param(Counts(100, 1, attempts=123), Attempts(1.23, None, 0.99), id="nobody says what retries saved"),
        pytest.param(Counts(100, 20, attempts=60), Attempts(1.0, None, 0.8), id="some never left"),
        pytest.param(
            Counts(100, 0, 20, client_errors=80, attempts=100, retry_success=0),
            Attempts(1.0, 1.0, 1.0),
            id="the cancelled count neither way, a client's error is an answer",
        ),
        pytest.param(Counts(5, 0, 5, attempts=10), Attempts(2.0), id="all cancelled"),
        pytest.param(Counts(4, 3, attempts=9, retry_success=2), Attempts(2.25, 0.0, 0.25), id="two sources disagree"),
        pytest.param(Counts(100, 1), None, id="nothing says how often"),
        pytest.param(Counts(attempts=3), None, id="attempts without a request"),
    ],
)
def test_what_retries_cost_and_save(counts: Counts, expected: Attempts | None) -> None:
    assert attempts(counts) == expected


@given(any_counts())
def test_ratios_are_shares_and_quantiles_rise(counts: Counts) -> None:
    found = signals(counts, 60)
    for name in ("error_ratio", "client_error_ratio", "denied_ratio", "mtls_ratio"):
        share = getattr(found, name)
        assert share is None or 0 <= share <= 1 + 1e-9
    quantiles = [found.p50_ms, found.p90_ms, found.p95_ms, found.p99_ms]
    assert None in quantiles or quantiles == sorted(q for q in quantiles if q is not None)
    assert all(getattr(found, field.name) is None or getattr(found, field.name) >= 0 for field in fields(found))
