"""What a machine finds in its cloud, at its neighbour: the metadata service, the store of secrets, and a registry of containers.

    python cloud.py FOLDER

`FOLDER` holds `settings.json`, which is read at each request, `server.pem` with a certificate and its key, and the blobs of the image.
Only what machines use is there, as strict as the real ones: session tokens, signatures, passwords.
"""

import base64
import hashlib
import hmac
import json
import re
import ssl
import sys
import threading
from collections.abc import Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

METADATA, SERVICES = "169.254.169.254", "192.0.2.2"
HOSTS = ["secretsmanager.eu-central-1.amazonaws.com", "secretmanager.googleapis.com", "registry.example.com"]
KEYS = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "Token": "session+token/of==the-role"}
GCP_TOKEN = "ya29.token-of-the-service-account"
SESSION = "session-of-the-metadata-service"


def signature(method: str, path: str, headers: Mapping[str, str], body: bytes, secret_key: str) -> str:
    """The signature that AWS computes of a request, by what its Authorization header says is signed.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    lower = {name.lower(): value for name, value in headers.items()}
    match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=[^/]+/(\S+), ?SignedHeaders=(\S+), ?Signature=\S+", lower["authorization"])
    assert match
    scope, names = match[1], match[2]
    signed = "".join(f"{name}:{' '.join(lower[name].split())}\n" for name in names.split(";"))
    canonical = "\n".join([method, path, "", signed, names, hashlib.sha256(body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", lower["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret_key).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def aws_metadata(method: str, path: str, headers: Message, pages: Mapping[str, str]) -> tuple[int, str]:
    """What AWS's metadata service answers: status and text.

    Args:
        method: GET, or PUT for a session.
        path: Path from the slash.
        headers: Those of the request.
        pages: What it says beside the machine's credentials, by the path below `/latest/meta-data/`.
    """
    if (method, path) == ("PUT", "/latest/api/token"):
        return (200, SESSION) if headers.get("X-aws-ec2-metadata-token-ttl-seconds") else (400, "")
    if headers.get("X-aws-ec2-metadata-token") != SESSION:
        return 401, ""
    role = "iam/security-credentials/"
    own = {role: "the-role", f"{role}the-role": json.dumps({"Code": "Success", **KEYS}), "services/domain": "amazonaws.com"}
    page = {**own, **pages}.get(path.removeprefix("/latest/meta-data/"))
    return (404, "") if page is None else (200, page)


def secrets_manager(path: str, headers: Message, body: bytes, region: str, secrets: Mapping[str, str]) -> tuple[int, str]:
    """What AWS's Secrets Manager answers: status and text. It checks the signature.

    Args:
        path: Path from the slash.
        headers: Those of the request.
        body: Its body.
        region: The region of the name that was asked.
        secrets: Values by name.
    """
    authorization = headers.get("Authorization") or ""
    expected = signature("POST", path, dict(headers.items()), body, KEYS["SecretAccessKey"])
    scoped = f"/{region}/secretsmanager/aws4_request" in authorization
    if authorization.rpartition("Signature=")[2] != expected or not scoped or headers.get("X-Amz-Security-Token") != KEYS["Token"]:
        return 400, '{"__type": "InvalidSignatureException"}'
    name = json.loads(body)["SecretId"]
    if name not in secrets:
        return 400, '{"__type": "ResourceNotFoundException"}'
    return 200, json.dumps({"Name": name, "SecretString": secrets[name]})


Reply = tuple[int, bytes, dict[str, str]]
"""Status, body and headers."""


def reply(status: int, body: bytes | str = b"", **headers: str) -> Reply:
    return status, body.encode() if isinstance(body, str) else body, headers


class Handler(BaseHTTPRequestHandler):
    """One request, answered by the name of the host that it is for."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def _answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.settings = settings(self.folder)
        host = (self.headers["Host"] or "").partition(":")[0]
        if host == METADATA:
            status, body, headers = self._metadata()
        elif not self.settings["store"] and host.startswith("secret"):
            status, body, headers = 503, b"", {}
        elif match := re.fullmatch(r"secretsmanager\.([a-z0-9-]+)\.amazonaws\.com", host):
            status, body, headers = self._secrets_manager(match[1])
        elif host == "secretmanager.googleapis.com":
            status, body, headers = self._secret_manager()
        else:
            status, body, headers = self._registry()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = _answer

    def _metadata(self) -> Reply:
        if self.path.startswith("/computeMetadata/v1/"):
            if self.headers["Metadata-Flavor"] != "Google":
                return reply(403)
            token = json.dumps({"access_token": GCP_TOKEN, "expires_in": 3599, "token_type": "Bearer"})
            answers = {"project/project-id": "test-project", "instance/service-accounts/default/token": token}
            answer = answers.get(self.path.removeprefix("/computeMetadata/v1/"))
            return reply(404 if answer is None else 200, answer or "")
        return reply(*aws_metadata(self.command, self.path, self.headers, {}))

    def _secrets_manager(self, region: str) -> Reply:
        return reply(*secrets_manager(self.path, self.headers, self.body, region, self.settings["secrets"]))

    def _secret_manager(self) -> Reply:
        match = re.fullmatch(r"/v1/projects/test-project/secrets/([^/]+)/versions/latest:access", self.path)
        if self.headers["Authorization"] != f"Bearer {GCP_TOKEN}":
            return reply(401, '{"error": {"status": "UNAUTHENTICATED"}}')
        if not match or match[1] not in self.settings["secrets"]:
            return reply(404, '{"error": {"status": "NOT_FOUND"}}')
        data = base64.b64encode(self.settings["secrets"][match[1]].encode()).decode()
        return reply(200, json.dumps({"name": self.path, "payload": {"data": data}}))

    def _registry(self) -> Reply:
        """Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md"""
        if not self.settings["registry"]:
            return reply(503)
        expected = "Basic " + base64.b64encode(f"{self.settings['user']}:{self.settings['password']}".encode()).decode()
        if self.settings["user"] and self.headers["Authorization"] != expected:
            return reply(401, **{"WWW-Authenticate": 'Basic realm="registry"'})
        if self.path == "/v2/":
            return reply(200, "{}")
        match = re.fullmatch(r"/v2/example/shop/(manifests|blobs)/(\S+)", self.path)
        name = self.settings["tags"].get(match[2], match[2]) if match else ""
        file = self.folder / name.replace(":", "-")
        if not name or not file.is_file():
            return reply(404)
        kind = "application/vnd.oci.image.manifest.v1+json" if match and match[1] == "manifests" else "application/octet-stream"
        return reply(200, file.read_bytes(), **{"Content-Type": kind, "Docker-Content-Digest": name})

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def settings(folder: Path) -> dict[str, Any]:
    """What is in the cloud at present."""
    return dict(json.loads((folder / "settings.json").read_text()))


def set_up(folder: Path, **changes: Any) -> None:
    """Changes what is in the cloud; the server need not run.

    Args:
        folder: The server's folder.
        changes: `registry` and `store`: whether they are there; `user` and `password` of the registry, none where empty; `tags`:
            digests by tag; `secrets`: values by name.
    """
    file = folder / "settings.json"
    before = json.loads(file.read_text()) if file.exists() else {"registry": True, "store": True, "user": "", "password": ""}
    (folder / "new.json").write_text(json.dumps({"tags": {}, "secrets": {}, **before, **changes}))
    (folder / "new.json").rename(file)


def main(folder: Path) -> None:
    Handler.folder = folder
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    services = ThreadingHTTPServer((SERVICES, 443), Handler)
    services.socket = context.wrap_socket(services.socket, server_side=True)
    threading.Thread(target=services.serve_forever, daemon=True).start()
    metadata = ThreadingHTTPServer((METADATA, 80), Handler)
    print("listens", flush=True)
    metadata.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
