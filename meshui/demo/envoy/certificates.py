"""Certificates of the mTLS hop, made at start by openssl: one authority, one SPIFFE identity a service."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from meshui.demo.envoy.missing import Missing
from meshui.demo.envoy.topology import Instance

_KEY = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_DAYS = "30"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files of one service; `paths` are named as proxy.yaml names them."""

    certificate: Path
    key: Path
    authority: Path

    @property
    def paths(self) -> dict[str, str]:
        return {"certificate": str(self.certificate), "key": str(self.key), "authority": str(self.authority)}


def make(folder: Path, instances: Iterable[Instance]) -> dict[str, Certificates]:
    """For every service that shows who it is, by its name. Raises Missing without openssl, or with its last word."""
    authority, authority_key = folder / "ca.pem", folder / "ca.key"
    _openssl("req", "-x509", "-newkey", *_KEY, "-days", _DAYS, "-subj", "/CN=mesh.local",
             "-keyout", authority_key, "-out", authority)  # fmt: skip
    made: dict[str, Certificates] = {}
    for each in instances:
        if not each.shows or each.name in made:
            continue
        own = Certificates(folder / f"{each.name}.pem", folder / f"{each.name}.key", authority)
        request, extensions = folder / f"{each.name}.csr", folder / f"{each.name}.ext"
        extensions.write_text(f"subjectAltName = URI:{each.identity}\nextendedKeyUsage = serverAuth, clientAuth\n")
        _openssl("req", "-new", "-newkey", *_KEY, "-subj", f"/CN={each.name}", "-keyout", own.key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial",
                 "-days", _DAYS, "-extfile", extensions, "-out", own.certificate)  # fmt: skip
        made[each.name] = own
    return made


def _openssl(*arguments: str | Path) -> None:
    program = which("openssl")
    if program is None:
        raise Missing("The demo behind real Envoys makes certificates with openssl, which is not on this machine.")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  our own words
    if done.returncode != 0:
        raise Missing(f"openssl could not make the certificates: {done.stderr.strip().splitlines()[-1]}")
