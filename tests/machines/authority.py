"""A certificate authority for one test, and a certificate of it."""

import subprocess
from pathlib import Path


def certificates(folder: Path, names: list[str]) -> None:
    """Writes `ca.pem`, and for `names`, DNS names and addresses, `certificate.pem`, `key.pem`, and both in `server.pem`."""
    alternatives = ",".join(f"{'IP' if name.replace('.', '').isdigit() else 'DNS'}:{name}" for name in names)
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    _run(folder, *new, "-subj", "/CN=test authority", "-addext", "keyUsage=critical,keyCertSign", "-keyout", "ca.key", "-out", "ca.pem")
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"]
    signed += ["-addext", f"subjectAltName={alternatives}"]
    _run(folder, *new, "-subj", "/CN=test", *signed, "-keyout", "key.pem", "-out", "certificate.pem")
    (folder / "server.pem").write_text((folder / "certificate.pem").read_text() + (folder / "key.pem").read_text())


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
