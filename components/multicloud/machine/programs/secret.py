"""Prints a secret of the cloud's own store, read with the rights of the machine itself.

    secret NAME

Neither the machine's credentials nor the secret is ever in a file, on a command line or in a log.
"""

import base64
import hashlib
import hmac
import json
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

METADATA = "http://169.254.169.254"
FACTS = Path("/etc/multicloud/machine.json")


def fetch(url: str, headers: dict[str, str], body: bytes | None = None, method: str | None = None) -> str:
    """The answer; ends the program where there is none, with the reason that the server gives."""
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        sys.exit(f"{url.partition('?')[0]} answers {error.code}: {error.read(1000).decode(errors='replace')}")
    except OSError as error:
        sys.exit(f"{url.partition('?')[0]} does not answer: {error}")


def aws(name: str, region: str) -> bytes:
    """A secret of Secrets Manager.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    session = {
        "X-aws-ec2-metadata-token": fetch(f"{METADATA}/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, b"", "PUT")
    }
    role = f"{METADATA}/latest/meta-data/iam/security-credentials/"
    keys = json.loads(fetch(role + fetch(role, session).split()[0], session))
    if name.startswith("arn:"):
        region = name.split(":")[3]
    host = f"secretsmanager.{region}.{fetch(f'{METADATA}/latest/meta-data/services/domain', session).strip()}"
    body = json.dumps({"SecretId": name}).encode()
    answer = json.loads(fetch(f"https://{host}/", signed(keys, region, host, body, datetime.now(UTC)), body))
    return base64.b64decode(answer["SecretBinary"]) if "SecretBinary" in answer else str(answer["SecretString"]).encode()


def signed(keys: dict[str, str], region: str, host: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a request to Secrets Manager, signed.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": host,
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
        "x-amz-security-token": keys["Token"],
        "x-amz-target": "secretsmanager.GetSecretValue",
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{now:%Y%m%d}/{region}/secretsmanager/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys['SecretAccessKey']}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    authorization = f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    return {**headers, "authorization": authorization}


def gcp(name: str, region: str) -> bytes:
    """The latest version of a secret of Secret Manager.

    Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
    """
    metadata, flavor = f"{METADATA}/computeMetadata/v1", {"Metadata-Flavor": "Google"}
    if not name.startswith("projects/"):
        name = f"projects/{fetch(f'{metadata}/project/project-id', flavor)}/secrets/{name}"
    token = json.loads(fetch(f"{metadata}/instance/service-accounts/default/token", flavor))["access_token"]
    url = f"https://secretmanager.googleapis.com/v1/{name}/versions/latest:access"
    return base64.b64decode(json.loads(fetch(url, {"Authorization": f"Bearer {token}"}))["payload"]["data"])


STORES = {"aws": aws, "gcp": gcp}


def main(name: str) -> None:
    facts: dict[str, Any] = json.loads(FACTS.read_text())
    sys.stdout.buffer.write(STORES[facts["cloud"]](name, facts["region"]))


if __name__ == "__main__":
    main(sys.argv[1])
