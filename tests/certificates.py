"""Certificates for tests, made on the spot."""

import subprocess
from pathlib import Path


def certificate(folder: Path, name: str = "www.example.com") -> tuple[Path, Path]:
    """A new self-signed certificate and its private key, as files in PEM form.

    Args:
        folder: Where they are written, as `certificate.pem` and `key.pem`; older ones are replaced.
        name: The hostname that it is for.
    """
    files = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90"),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-out", str(files[0]), "-keyout", str(files[1])),
        ],
        check=True,
        capture_output=True,
    )
    return files
