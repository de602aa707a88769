"""Response flags in words, one shape for every page and answer: what happened, whose side, what to look at.

Envoy's are those of outcome.py; ztunnel, Istio's node proxy, has a vocabulary of its own (mesh-telemetry.md §1.4)."""

from collections.abc import Iterable

from telemetry.outcome import FLAGS, Flag

_ZTUNNEL: dict[str, Flag] = {
    "DENY": Flag(
        "AuthorizationPolicyDenied",
        "An authorization policy refused the connection",
        "the caller has no right",
        "the authorization policies of the called service, and the caller's identity",
        None,
    ),
    "CONNECT": Flag(
        "ConnectionFailure",
        "The connection to the called service could not be made",
        "the called side or the network",
        "whether it listens, and whether its node is reached on port 15008",
        None,
    ),
    "TLS_FAILURE": Flag(
        "TlsFailure",
        "The TLS handshake between the two node proxies failed",
        "certificates or trust of either side",
        "the certificates of both ends and their trust domains",
        None,
    ),
    "H2_HANDSHAKE_FAILURE": Flag(
        "Http2HandshakeFailure",
        "The tunnel between the two node proxies could not be opened",
        "the called side's node proxy",
        "the log of ztunnel on the node that was called",
        None,
    ),
    "NETWORK_POLICY": Flag(
        "NetworkPolicyError",
        "A network policy blocked the connection",
        "the network's configuration",
        "network policies that leave out port 15008",
        None,
    ),
    "IDENTITY_ERROR": Flag(
        "IdentityError",
        "No certificate could be had for an identity",
        "the mesh's control plane",
        "the service account and the certificate authority",
        None,
    ),
    "CERT_REVOKED": Flag(
        "CertificateRevoked",
        "A certificate was revoked",
        "who showed the certificate",
        "the revocation list, and why the certificate stands on it",
        None,
    ),
}

KNOWN: dict[str, Flag] = {**FLAGS, **_ZTUNNEL}
"""Every flag with words, by its short name as proxies send it."""


def flag_json(flag: str) -> dict[str, str]:
    """One flag with its words; `name` is the proxy's own long name. Raises KeyError for one that is not known."""
    known = KNOWN[flag]
    return {
        "flag": flag,
        "name": known.long,
        "what": f"{known.happened}.",
        "side": f"{known.fault[:1].upper()}{known.fault[1:]}.",
        "look_at": f"{known.look[:1].upper()}{known.look[1:]}.",
    }


def flag_notes(flags: Iterable[str]) -> list[dict[str, str]]:
    """Each known flag among `flags` once, in the order they first appear."""
    return [flag_json(flag) for flag in dict.fromkeys(flags) if flag in KNOWN]
