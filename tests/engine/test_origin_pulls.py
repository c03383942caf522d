"""A zone's origin pulls under the real engine, with a tier on AWS that lets nobody in but Cloudflare: renewals never shut it out."""

import json
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from multicloud.front.renewal import turns
from tests.engine.deployment import Deployment
from tests.engine.events import Events, watched

STACK = "dev"
TODAY = "2026-11-21"
UPLOAD, STORE, FILE, LISTENER = "AuthenticatedOriginPullsCertificate", "TrustStore", "BucketObjectv2", "Listener"
PROGRAM = '''"""Origin pulls, and a tier that asks for them, as `pulls.json` says."""

import json
from pathlib import Path

import pulumi
import pulumi_aws
import pulumi_cloudflare
import pulumi_tls

import multicloud

given = json.loads(Path("pulls.json").read_text())
asked, exposure = given.pop("asked"), given.pop("exposure")
providers = pulumi.ResourceOptions(providers=[pulumi_cloudflare.Provider("cloudflare"), pulumi_tls.Provider("tls")])
origin = multicloud.OriginCertificate("origin", {"hostnames": ["example.com"], "as_of": "2026-11-21"}, providers)
pulls = multicloud.OriginPulls("pulls", given, providers)
certificate = multicloud.Certificate(
    certificate=origin.certificate, private_key=origin.private_key, client_ca=pulls.ca_certificate if asked else None
)
args = multicloud.AwsWebTierArgs(
    region="eu-central-1", servers=multicloud.Servers(min=1), certificate=certificate, exposure=multicloud.Exposure(exposure)
)
aws = pulumi_aws.Provider("aws", region="eu-central-1")
tier = multicloud.AwsWebTier("tier", args, pulumi.ResourceOptions(providers=[aws]))
pulumi.export("ca_certificate", pulls.ca_certificate)
pulumi.export("renews_on", pulls.renews_on)
'''


class Pulled:
    """A stack with nothing in it yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.deployment = Deployment(folder / "deployment", STACK)
        (self.deployment.project / "__main__.py").write_text(PROGRAM)

    def write(self, asked: bool = True, exposure: str = "load_balancer", **given: Any) -> None:
        """Writes the arguments. What is not said is that of an ordinary day."""
        said = {"zone": "example.com", "as_of": TODAY, "asked": asked, "exposure": exposure, **given}
        (self.deployment.project / "pulls.json").write_text(json.dumps(said))

    def become(self, **given: Any) -> Events:
        """Brings the stack up with these arguments, and returns what the clouds did."""
        self.write(**given)
        return watched(self.deployment, self.deployment.up)

    def planned(self, **given: Any) -> set[str]:
        """The logical names of what a preview would change."""
        self.write(**given)
        return {urn.rsplit("::", 1)[1] for urn in self.deployment.steps()}

    def held(self, type: str) -> list[dict[str, Any]]:
        """The inputs of what the clouds hold of a type."""
        return [r["inputs"] for r in self.deployment.clouds() if r["type"].rsplit(":", 1)[1] == type]

    def listener(self) -> dict[str, Any]:
        """What visitors come to."""
        (found,) = (inputs for inputs in self.held(LISTENER) if inputs["port"] == 443)
        return found

    def trusted(self) -> str:
        """The authorities that the tier's load balancer goes by."""
        (store,), files = self.held(STORE), {file["key"]: file["content"] for file in self.held(FILE)}
        return str(files[store["caCertificatesBundleS3Key"]])

    def let_in(self) -> bool:
        """Whether OpenSSL, as the tier's load balancer, takes everything that Cloudflare has for a client's certificate."""
        (self.folder / "ca.pem").write_text(self.trusted())
        shown = self.held(UPLOAD)
        for upload in shown:
            (self.folder / "own.pem").write_text(upload["certificate"])
            verify = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile"]
            if subprocess.run([*verify, self.folder / "ca.pem", self.folder / "own.pem"], capture_output=True).returncode:
                return False
        return len(shown) == 2


@pytest.fixture
def pulled(tmp_path: Path) -> Pulled:
    return Pulled(tmp_path)


def test_certificates_are_renewed_in_turn_and_the_tier_does_not_notice(pulled: Pulled) -> None:
    pulled.become()
    assert pulled.let_in()
    assert pulled.deployment.drift() == {}
    exported = pulled.deployment.pulumi("stack", "export", "--stack", STACK)
    assert "PRIVATE KEY" not in exported, "no key stands in the state in plain"

    shown = json.loads(pulled.deployment.pulumi("stack", "output", "--json", "--stack", STACK))
    renewal = date.fromisoformat(shown["renews_on"])
    (due,) = (name for name, turn in turns(date.fromisoformat(TODAY), 365, 60).items() if turn.ends == renewal)
    assert pulled.planned(as_of=str(renewal - timedelta(days=1))) == set(), "nothing changes within a turn"
    parts = {f"pulls-{due}-{part}" for part in ("key", "request", "certificate", "upload")}
    assert pulled.planned(as_of=str(renewal)) == parts, "the preview of a night shows what is due, of one certificate alone"

    events = pulled.become(as_of=str(renewal))
    assert {event.name for event in events} == parts
    assert events.before(events.places("create", UPLOAD), events.places("delete", UPLOAD))
    assert pulled.let_in()
    assert pulled.planned(as_of=str(renewal)) == set()


def test_another_authority_is_trusted_before_it_signs_and_the_old_one_until_nothing_is_left_of_it(pulled: Pulled) -> None:
    pulled.become(as_of="2030-12-31")
    assert pulled.trusted().count("BEGIN CERTIFICATE") == 1

    events = pulled.become(as_of="2031-01-15")
    assert pulled.let_in() and pulled.trusted().count("BEGIN CERTIFICATE") == 2
    assert events.before(events.places("create", FILE), events.places("update", STORE))
    assert events.before(events.places("update", STORE), events.places("delete", FILE))
    assert not events.places("update", LISTENER), "the same store, read again"

    for when, authorities in (("2032-01-01", 2), ("2032-12-31", 2), ("2033-01-01", 1)):
        pulled.become(as_of=when)
        assert pulled.let_in(), when
        assert pulled.trusted().count("BEGIN CERTIFICATE") == authorities, when
    assert [record["name"] for record in pulled.deployment.clouds() if record["type"].endswith(":SelfSignedCert")] == [
        "pulls-authority-2032"
    ]


def test_a_tier_begins_to_ask_and_stops_without_a_new_listener(pulled: Pulled) -> None:
    pulled.become(asked=False)
    assert pulled.listener()["mutualAuthentication"] == {"mode": "off"}

    events = pulled.become()
    assert events.types("create") == {"Bucket", "BucketPublicAccessBlock", FILE, STORE} and events.types("update") == {LISTENER}
    assert pulled.listener()["mutualAuthentication"]["mode"] == "verify"

    events = pulled.become(asked=False)
    assert events.before(events.places("update", LISTENER), events.places("delete", STORE))
    assert not events.types("create") and pulled.held("Bucket") == []


def test_machines_of_another_exposure_ask_themselves_and_all_of_it_can_be_destroyed(pulled: Pulled) -> None:
    pulled.become()
    pulled.become(exposure="machines")
    assert pulled.held(STORE) == pulled.held("Bucket") == []
    pulled.become()
    assert pulled.let_in()
    pulled.deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK)
    assert pulled.deployment.clouds() == []
