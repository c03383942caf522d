"""A container's image with a small web server, made of Debian's static busybox, and laid down as a registry has it."""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

_SERVE = """\
#!/bin/sh
echo "serving, with $# arguments"
for argument; do echo "argument: $argument."; done
exec /bin/busybox httpd -f -p 8000 -h /www
"""

# One variable a line, its value in hexadecimal, so that no byte is lost.
_ENVIRONMENT = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
for name in $(/bin/busybox env | /bin/busybox sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
  printf '%s ' "$name"
  eval "printf %s \\"\\$$name\\"" | /bin/busybox od -An -v -tx1 | /bin/busybox tr -d ' \\n'
  echo
done
"""


def busybox(tree: Path, folder: Path) -> bytes:
    """Debian's static busybox, out of the repository of packages in a machine's tree."""
    (package,) = (tree / "srv/apt").glob("busybox-static_*.deb")
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    return next(path for path in (folder / "bin/busybox", folder / "usr/bin/busybox") if path.exists()).read_bytes()


def lay_down(folder: Path, program: bytes) -> str:
    """Writes the image's blobs and its manifest, each under its digest, and returns the manifest's."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        for name in ("bin", "www", "www/cgi-bin", "tmp"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        link = tarfile.TarInfo("bin/sh")
        link.type, link.linkname = tarfile.SYMTYPE, "busybox"
        archive.addfile(link)
        for name, content in {
            "bin/busybox": program,
            "bin/serve": _SERVE.encode(),
            "www/index.html": "<h1>Grüße aus dem Container</h1>\n".encode(),
            "www/healthz": b"fine\n",
            "www/cgi-bin/environment": _ENVIRONMENT.encode(),
        }.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    plain, packed = layer.getvalue(), gzip.compress(layer.getvalue(), mtime=0)
    config = {
        "architecture": subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True).stdout.strip(),
        "os": "linux",
        "config": {"Entrypoint": ["/bin/serve"], "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [_digest(plain)]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": _blob(folder, json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": [_blob(folder, packed, "application/vnd.oci.image.layer.v1.tar+gzip")],
    }
    return str(_blob(folder, json.dumps(manifest).encode(), "")["digest"])


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _blob(folder: Path, content: bytes, kind: str) -> dict[str, str | int]:
    digest = _digest(content)
    (folder / digest.replace(":", "-")).write_bytes(content)
    return {"mediaType": kind, "digest": digest, "size": len(content)}
