"""The certificate that nginx shows: always one with its own key, whatever the moment at which it is renewed."""

import shutil
import ssl
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.bootstrap import Bootstrap, TlsCertificate
from multicloud.machine.user_data import LIMITS, render
from tests.certificates import certificate as made
from tests.noise import noise

PEM = TlsCertificate(certificate="the certificate", chain="the chain", private_key_secret="it's the key")
PROGRAM = "/usr/local/lib/multicloud/certificate"


def told(certificate: TlsCertificate, limit: int = 2**20) -> str:
    return render(Bootstrap(cloud="aws", region="eu-central-1", component="web", port=443, certificate=certificate), limit)


def files(certificate: TlsCertificate) -> dict[str, str]:
    return {file["path"]: file["content"] for file in yaml.safe_load(told(certificate))["write_files"]}


def test_nginx_reads_certificate_chain_and_key_from_one_file_in_memory() -> None:
    server = [line.strip() for line in files(PEM)["/etc/nginx/sites-available/default"].splitlines()]
    assert "ssl_certificate /run/multicloud-tls/certificate.pem;" in server
    assert "ssl_certificate_key /run/multicloud-tls/certificate.pem;" in server
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in server
    assert files(PEM)[PROGRAM].endswith("/usr/local/lib/multicloud/secret 'it'\"'\"'s the key' >/run/multicloud-tls/certificate.pem\n")


def test_a_certificate_adds_nothing_to_the_user_data_but_a_checksum() -> None:
    """However long its chain is; so it never has to be refused for its size."""
    assert "the certificate" not in told(PEM) and "the chain" not in told(PEM)
    large = replace(PEM, certificate=noise(50_000), chain=noise(50_000))
    assert len(told(large)) == len(told(PEM)) < LIMITS["aws"]


TEXT = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
SPACE = st.sampled_from(["", "\n", "\r\n", " \n\n"])


@given(TEXT, TEXT | st.none(), TEXT, TEXT | st.none(), SPACE, SPACE)
def test_another_certificate_or_chain_makes_new_machines_and_other_space_around_them_does_not(
    certificate: str, chain: str | None, later: str, later_chain: str | None, before: str, after: str
) -> None:
    first, second = replace(PEM, certificate=certificate, chain=chain), replace(PEM, certificate=later, chain=later_chain)
    assert (told(first) == told(second)) == (first == second)
    spaced = replace(first, certificate=before + certificate + after, chain=chain and before + chain + after)
    assert told(first) == told(spaced)


@pytest.mark.skipif(not shutil.which("openssl"), reason="making a certificate needs: apt-get install openssl")
def test_machines_from_before_and_after_a_renewal_show_the_certificate_of_the_store_and_its_key(tmp_path: Path) -> None:
    """In every order: each machine reads all of it from the store, and what it was told of an older certificate changes nothing."""
    shown, store, reader = tmp_path / "certificate.pem", tmp_path / "store", tmp_path / "reader"
    reader.write_text(f"#!/bin/sh\ncat {store}\n")
    reader.chmod(0o755)
    pairs = []
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        certificate, key = made(tmp_path / name)
        pairs.append((certificate.read_text(), certificate.read_text() + key.read_text()))
    for of_machine, _ in pairs:
        program = files(replace(PEM, certificate=of_machine, chain=None))[PROGRAM]
        program = program.replace("/usr/local/lib/multicloud/secret", str(reader)).replace("/run/multicloud-tls", str(tmp_path))
        for in_store, secret in [*pairs, *reversed(pairs)]:
            store.write_text(secret)
            subprocess.run(["sh", "-c", program], check=True)
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(shown)  # refuses another one's key
            assert shown.read_text().startswith(in_store)
            assert stat.S_IMODE(shown.stat().st_mode) == 0o600


CA = "-----BEGIN CERTIFICATE-----\nYXV0aG9yaXR5\n-----END CERTIFICATE-----\n"
ASKING = replace(PEM, client_ca=CA)
SERVER, AUTHORITIES = "/etc/nginx/sites-available/default", "/etc/nginx/multicloud-client-ca.pem"


def test_whoever_shows_no_certificate_of_the_authority_is_refused_but_at_the_health_path() -> None:
    """Before anything else is decided, and for every path that is not exactly that of the health check."""
    assert files(ASKING)[AUTHORITIES] == CA
    server = " ".join(files(ASKING)[SERVER].split())
    assert f"ssl_client_certificate {AUTHORITIES}; ssl_verify_client optional;" in server
    assert "if ($request_uri = /healthz) { set $shown SUCCESS; } if ($shown != SUCCESS) { return 403; }" in server
    assert server.index("return 403") < server.index("root ") < server.index("location ")


def test_without_an_authority_nobody_is_asked() -> None:
    assert AUTHORITIES not in files(PEM) and "ssl_verify_client" not in files(PEM)[SERVER]


def test_another_authority_makes_new_machines_and_space_around_it_does_not() -> None:
    assert told(ASKING) != told(PEM)
    assert told(ASKING) != told(replace(PEM, client_ca=CA * 2))
    assert told(ASKING) == told(replace(PEM, client_ca=f"\n{CA.strip()}"))


def test_what_is_no_authority_after_all_is_refused_and_not_shown() -> None:
    """It is known only when what makes it is there; and then it may be a private key."""
    key = CA.replace("CERTIFICATE", "PRIVATE KEY")
    for wrong in ("", "ca.pem", key, CA + key):
        with pytest.raises(ArgumentError) as refused:
            told(replace(PEM, client_ca=wrong))
        assert str(refused.value).startswith("certificate.client_ca: is not certificates in PEM form; ")
