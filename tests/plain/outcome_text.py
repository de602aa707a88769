"""How a span says it ended: status codes in any spelling, Envoy's flags and details."""

import re

from tests.plain.attributes import Texts, first
from tests.plain.role import GRPC_KEYS, GRPC_SYSTEMS

NAMES = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALIDARGUMENT", "DEADLINEEXCEEDED", "NOTFOUND", "ALREADYEXISTS"),
    *("PERMISSIONDENIED", "RESOURCEEXHAUSTED", "FAILEDPRECONDITION", "ABORTED", "OUTOFRANGE", "UNIMPLEMENTED"),
    *("INTERNAL", "UNAVAILABLE", "DATALOSS", "UNAUTHENTICATED"),
)
OF_HTTP = {400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14}
NEVER = {"UH", "UF", "UO", "LH", "DF", "NC", "NFCF", "DO", "OM", "RLSE", "NR", "RL", "UAEX", "IH", "FI", "DPE", "RFCF"}
REACHED = {"UR", "UT", "URX", "UMSDR", "UPE", "DI"}
NOT_THERE = (
    "overflow",
    "remote_connection_failure",
    "no_healthy_upstream",
    "route_not_found",
    "fault_filter_abort",
    "rbac_access_denied",
)


def http(a: Texts) -> int:
    """`"200"`, 200, 200.0 and ` 200 ` are 200; anything else is 0, none."""
    found = re.fullmatch(r" *([0-9]{1,3})(?:[.]0*)? *", first(a, "http.response.status_code", "http.status_code"))
    return int(found[1]) if found else 0


def grpc(a: Texts, protocol: str, code: int) -> int:
    """A number, digits or a name in any case; without one, what a gRPC library makes of the HTTP status."""
    said = -1
    if first(a, "rpc.system.name", "rpc.system") in ("", *GRPC_SYSTEMS):
        found = re.fullmatch(r" *([0-9]{1,2}|[A-Za-z_]+)(?:[.]0*)? *", first(a, *GRPC_KEYS))
        said = _number(found[1].upper().replace("_", "")) if found else -1
    return OF_HTTP.get(code, 2) if protocol == "grpc" and said < 0 and code not in (0, 200) else said


def _number(text: str) -> int:
    if text in NAMES:
        return NAMES.index(text)
    if text == "CANCELED":
        return 1
    return int(text) if text in map(str, range(17)) else -1


def flags(a: Texts) -> str:
    said = a.get("response_flags", "")
    return "" if said == "-" else said


def arrived(a: Texts, role: str, code: int) -> int:
    """Of a proxy's span: details decide, flags only without them (envoy-real.md §3.2)."""
    details, raised = a.get("response_code_details", ""), set(flags(a).split(","))
    if details in ("via_upstream", "response_timeout", "downstream_remote_disconnect"):
        return 1
    if any(part in details for part in NOT_THERE) or raised & NEVER:
        return 0
    if raised & REACHED:
        return 1
    # A 403 without flag at the callee may be RBAC's, which has none.
    return -1 if raised != {""} or code == 0 or (code == 403 and role == "in") else 1
