"""Certificates of servers: for whom, by whom, and never for another key."""

import subprocess
from pathlib import Path

import pytest
from certipy import Certipy
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from vispa_spawner.certificates import Authority, alternative_name, names_of


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    Certipy(str(tmp_path)).create_ca("notebooks-ca")
    return Authority.of_hub(tmp_path)


def test_a_certificate_has_the_names_it_is_for_each_once(authority: Authority) -> None:
    _, text = authority.issue("user-ann", ["DNS:localhost", "IP:::1", "IP:10.0.0.7", "IP:10.0.0.7"])
    certificate = x509.load_pem_x509_certificate(text.encode())
    assert names_of(certificate) == {"DNS:localhost", "IP:::1", "IP:10.0.0.7"}


def test_a_name_that_is_no_host_is_refused(authority: Authority) -> None:
    with pytest.raises(ValueError, match="'worker7' names no host: write DNS:"):
        authority.issue("user-ann", ["worker7"])


def test_any_user_name_will_do(authority: Authority) -> None:
    authority.issue(f"user-{'ü' * 255}", ["DNS:localhost"])


def test_a_second_certificate_is_for_the_same_key_and_its_owner(authority: Authority) -> None:
    first = x509.load_pem_x509_certificate(
        authority.issue("user-ann", ["DNS:localhost"])[1].encode()
    )
    text = authority.certify(first.public_bytes(Encoding.DER), ["IP:10.0.0.7"])
    second = x509.load_pem_x509_certificate(text.encode())
    assert second.public_key() == first.public_key()
    assert second.subject == first.subject
    assert names_of(second) == {"IP:10.0.0.7"}


def test_openssl_agrees_strictly(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "server.crt").write_text(authority.issue("user-ann", ["IP:10.0.0.7"])[1])
    command = ["openssl", "verify", "-x509_strict", "-verify_ip", "10.0.0.7", "-CAfile"]
    command += [str(tmp_path / "notebooks-ca/notebooks-ca.crt"), str(tmp_path / "server.crt")]
    for purpose in ("sslserver", "sslclient"):
        done = subprocess.run(
            [*command, "-purpose", purpose], capture_output=True, text=True, check=False
        )
        assert done.stdout.endswith("OK\n"), done.stderr


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("hub.example.org", "DNS:hub.example.org"),
        ("10.0.0.7", "IP:10.0.0.7"),
        ("fd00::7", "IP:fd00::7"),
        ("[fd00::7]", "IP:fd00::7"),
    ],
)
def test_hosts_and_addresses_are_told_apart(host: str, name: str) -> None:
    assert alternative_name(host) == name
