"""Classes of outcomes by mesh-telemetry.md §8.2 and §8.3, for the twins of the roll-ups."""

ERROR_FLAGS = frozenset(
    ("UH", "UF", "UO", "UC", "UR", "LR", "UT", "UMSDR", "UPE", "LH", "DF", "NC", "NFCF", "DO", "OM", "RLSE")
)
GRPC = {0: "ok", 1: "cancelled", 7: "denied", 8: "throttled", 16: "denied"} | dict.fromkeys(
    (3, 5, 6, 9, 10, 11), "client_error"
)


def classify(code: int, grpc: int, flags: frozenset[str], status: int, *, server: bool) -> str:
    """The first that matches. `status` is OTLP's: 2 is ERROR."""
    if code in (0, 499) and flags & {"DC", "DR"}:
        return "cancelled"
    if flags & ERROR_FLAGS or ("URX" in flags and (code == 0 or code >= 500)) or ("NR" in flags and not server):
        return "error"
    if grpc >= 0:
        if grpc > 0 and "RL" in flags:
            return "throttled"
        return "denied" if grpc > 0 and "UAEX" in flags else GRPC.get(grpc, "error")
    if code >= 500:
        return "error"
    if code == 429 or "RL" in flags:
        return "throttled"
    if code in (401, 403) or "UAEX" in flags:
        return "denied"
    if code == 499:
        return "cancelled"
    if code >= 400 or flags & {"NR", "DPE", "IH"}:
        return "client_error"
    return "error" if status == 2 and (server or code == 0) else "ok"
