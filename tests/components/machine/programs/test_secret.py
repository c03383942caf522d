"""The program that reads secrets signs as AWS wants it, and finds them by any of their names. A real machine runs it in tests/machines."""

import base64
import json
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from multicloud.machine.programs import secret
from tests.machines.cloud import GCP_TOKEN, KEYS, SESSION, signature

METADATA = {
    "/latest/api/token": SESSION,
    "/latest/meta-data/iam/security-credentials/": "the-role\n",
    "/latest/meta-data/iam/security-credentials/the-role": json.dumps(KEYS),
    "/latest/meta-data/services/domain": "amazonaws.com",
    "/computeMetadata/v1/project/project-id": "shop-1",
    "/computeMetadata/v1/instance/service-accounts/default/token": json.dumps({"access_token": GCP_TOKEN}),
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the stores, which answer everything with the secret `hush`."""
    urls: list[str] = []

    def fetch(url: str, headers: dict[str, str], body: bytes | None = None, method: str | None = None) -> str:
        if url.startswith(secret.METADATA):
            return METADATA[url.removeprefix(secret.METADATA)]
        urls.append(f"{url} {(body or b'').decode()}".strip())
        assert KEYS["SecretAccessKey"] not in str(headers)
        return json.dumps({"SecretString": "hush", "payload": {"data": base64.b64encode(b"hush").decode()}})

    monkeypatch.setattr(secret, "fetch", fetch)
    return urls


@pytest.mark.parametrize(
    ("cloud", "name", "url"),
    [
        ("aws", "shop/db", 'https://secretsmanager.eu-central-1.amazonaws.com/ {"SecretId": "shop/db"}'),
        (
            "aws",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf",
            "https://secretsmanager.us-east-1.amazonaws.com/"
            ' {"SecretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"}',
        ),
        ("gcp", "db", "https://secretmanager.googleapis.com/v1/projects/shop-1/secrets/db/versions/latest:access"),
        ("gcp", "projects/2/secrets/db", "https://secretmanager.googleapis.com/v1/projects/2/secrets/db/versions/latest:access"),
    ],
)
def test_a_secret_is_found_by_each_of_its_names(asked: list[str], cloud: str, name: str, url: str) -> None:
    assert secret.STORES[cloud](name, "eu-central-1") == b"hush"
    assert asked == [url]


def test_a_secret_of_bytes_is_printed_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "machine.json").write_text('{"cloud": "aws", "region": "eu-central-1"}')
    monkeypatch.setattr(secret, "FACTS", tmp_path / "machine.json")
    monkeypatch.setattr(secret, "STORES", {"aws": lambda name, region: b"\xff\0" + name.encode()})
    secret.main("it")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"\xff\0it"


def test_an_error_names_the_server_and_its_reason() -> None:
    with pytest.raises(SystemExit, match=r"^http://127.0.0.1:9/a does not answer: "):
        secret.fetch("http://127.0.0.1:9/a?b=c", {})


def test_it_signs_as_the_check_on_the_other_side_computes_it() -> None:
    body = b'{"SecretId": "a"}'
    headers = secret.signed(
        KEYS, "eu-central-1", "secretsmanager.eu-central-1.amazonaws.com", body, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    )
    assert headers["x-amz-date"] == "20260102T030405Z"
    assert headers["authorization"].rpartition("=")[2] == signature("POST", "/", headers, body, KEYS["SecretAccessKey"])


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl, which signs by itself")
def test_that_check_takes_what_curl_signs() -> None:
    """So the signature above is AWS's and not only what both sides make of it."""
    requests: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    command = [
        "curl",
        "-sS",
        "--aws-sigv4",
        "aws:amz:eu-central-1:secretsmanager",
        "--user",
        f"{KEYS['AccessKeyId']}:{KEYS['SecretAccessKey']}",
    ]
    command += ["-H", "Content-Type: application/x-amz-json-1.1", "-H", f"X-Amz-Security-Token: {KEYS['Token']}"]
    command += ["-H", "X-Amz-Target: secretsmanager.GetSecretValue", "-d", '{"SecretId": "a"}', f"http://127.0.0.1:{server.server_port}/"]
    subprocess.run(command, check=True)
    thread.join()
    server.server_close()
    ((headers, body),) = requests
    assert headers["Authorization"].rpartition("=")[2] == signature("POST", "/", headers, body, KEYS["SecretAccessKey"])
