"""Certificates for servers, signed by the authority that the hub has for them.

JupyterHub makes a certificate before a server starts, for names that are known by then. On a
cluster nobody knows where a job will run, and both hub and proxy compare the address they call
with the certificate. So ours is signed a second time, when the server reports where it is.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from certipy import Certipy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
    CertificatePublicKeyTypes,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_OF_SERVERS = "notebooks-ca"  # what JupyterHub calls it
_CLOCK_SKEW = timedelta(hours=1)


class Authority:
    """Signs for servers."""

    def __init__(
        self, certificate: x509.Certificate, key: CertificateIssuerPrivateKeyTypes
    ) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def of_hub(cls, location: str | Path) -> Self:
        """Load JupyterHub's own, or what a site gave it, from `internal_certs_location`."""
        files = Certipy(store_dir=str(location)).store.get_record(_OF_SERVERS)["files"]
        certificate = x509.load_pem_x509_certificate(Path(files["cert"]).read_bytes())
        key = serialization.load_pem_private_key(Path(files["key"]).read_bytes(), password=None)
        return cls(certificate, key)  # type: ignore[arg-type]  # any key that signs

    def issue(self, owner: str, names: Iterable[str]) -> tuple[str, str]:
        """Make a key and its certificate for these names (``DNS:…``, ``IP:…``), both as PEM."""
        # Of this kind a key takes a tenth of a millisecond, and an RSA key a tenth of a second.
        key = ec.generate_private_key(ec.SECP256R1())
        text = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        return text, self._sign(key.public_key(), owner, names)

    def certify(self, presented: bytes, names: Iterable[str]) -> str:
        """Sign the key of a presented certificate (DER) again, for other names; returns PEM."""
        known = x509.load_der_x509_certificate(presented)
        [owner] = known.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return self._sign(known.public_key(), str(owner.value), names)

    def _sign(self, key: CertificatePublicKeyTypes, owner: str, names: Iterable[str]) -> str:
        issuer = self._certificate
        common_name = owner.encode()[:64].decode(errors="ignore")  # the most there is room for
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
            .issuer_name(issuer.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - _CLOCK_SKEW)
            .not_valid_after(issuer.not_valid_after_utc)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
            .add_extension(x509.SubjectAlternativeName(_each_once(names)), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),  # type: ignore[arg-type]
                critical=False,
            )
        )
        signed = builder.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()


def alternative_name(host: str) -> str:
    """Write a host or an address the way certificates name it: ``DNS:…`` or ``IP:…``."""
    try:
        return f"IP:{ip_address(host.strip('[]'))}"
    except ValueError:
        return f"DNS:{host}"


def names_of(certificate: x509.Certificate) -> set[str]:
    """Return the hosts and addresses a certificate is for, written in the same way."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {f"DNS:{name}" for name in names.get_values_for_type(x509.DNSName)} | {
        f"IP:{address}" for address in names.get_values_for_type(x509.IPAddress)
    }


def _each_once(names: Iterable[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        kind, _, value = name.partition(":")
        if kind == "IP":
            found.append(x509.IPAddress(ip_address(value)))
        elif kind == "DNS":
            found.append(x509.DNSName(value))
        else:
            raise ValueError(f"{name!r} names no host: write DNS:… or IP:… into ssl_alt_names")
    return found
