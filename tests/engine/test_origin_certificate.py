"""An origin certificate under the real engine, with a tier that shows it: renewals are in turn, and leave alone what was shown before."""

import json
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.clouds.cloudflare import authority
from tests.engine.deployment import Deployment
from tests.engine.events import Events, watched

STACK = "dev"
TODAY = "2026-11-21"
MADE, SHOWN = "OriginCaCertificate", "Certificate"
PROGRAM = '''"""A tier behind a load balancer that shows an origin certificate, as `certificate.json` says."""

import json
from pathlib import Path

import pulumi
import pulumi_cloudflare
import pulumi_digitalocean
import pulumi_tls

import multicloud

given = json.loads(Path("certificate.json").read_text())
providers = [pulumi_cloudflare.Provider("cloudflare"), pulumi_tls.Provider("tls")]
origin = multicloud.OriginCertificate("origin", given, pulumi.ResourceOptions(providers=providers))
args = multicloud.DigitalOceanWebTierArgs(
    region="fra1",
    servers=multicloud.Servers(min=1),
    certificate=multicloud.Certificate(certificate=origin.certificate, private_key=origin.private_key),
)
digitalocean = pulumi_digitalocean.Provider("digitalocean")
tier = multicloud.DigitalOceanWebTier("tier", args, pulumi.ResourceOptions(providers=[digitalocean]))
for name in ("certificate", "private_key", "expires_on", "renews_on"):
    pulumi.export(name, getattr(origin, name))
'''


class Certified:
    """A stack with nothing in it yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.deployment = Deployment(folder / "deployment", STACK)
        (self.deployment.project / "__main__.py").write_text(PROGRAM)

    def write(self, **given: Any) -> None:
        """Writes the certificate's arguments. What is not said is that of an ordinary day."""
        said = {"hostnames": ["example.com", "*.example.com"], "as_of": TODAY, **given}
        (self.deployment.project / "certificate.json").write_text(json.dumps(said))

    def become(self, **given: Any) -> Events:
        """Brings the stack up with these arguments, and returns what the clouds did."""
        self.write(**given)
        return watched(self.deployment, self.deployment.up)

    def planned(self, **given: Any) -> set[tuple[str, str]]:
        """The operations, by logical name, that a preview shows."""
        self.write(**given)
        return {(operation, urn.rsplit("::", 1)[1]) for urn, operation in self.deployment.steps().items()}

    def outputs(self) -> dict[str, str]:
        """What the program exports, secrets too."""
        shown: dict[str, str] = json.loads(self.deployment.pulumi("stack", "output", "--json", "--show-secrets", "--stack", STACK))
        return shown

    def shown(self) -> str:
        """The certificate that the tier's load balancer shows, the only one that DigitalOcean holds."""
        (held,) = [r for r in self.deployment.clouds() if r["type"] == "digitalocean:index/certificate:Certificate"]
        return str(held["inputs"]["leafCertificate"])

    def held(self) -> dict[str, list[str]]:
        """The certificates that Cloudflare has made and not revoked, by which of the two they are."""
        found: dict[str, list[str]] = {}
        for resource in self.deployment.clouds():
            if resource["type"].endswith(f":{MADE}"):
                found.setdefault(resource["name"].split("-")[1], []).append(resource["outputs"]["certificate"].strip())
        return found

    def valid_for(self, name: str) -> bool:
        """Whether OpenSSL takes the tier's certificate for one of the origin authority, for a name, with the key beside it."""
        out = self.outputs()
        for file, text in (("root", authority.root()), ("own", out["certificate"])):
            (self.folder / f"{file}.pem").write_text(text)
        verify = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", name, "-CAfile"]
        done = subprocess.run([*verify, self.folder / "root.pem", self.folder / "own.pem"], capture_output=True)
        keys = [
            subprocess.run(["openssl", *command], input=text, capture_output=True, text=True, check=True).stdout
            for command, text in ((("x509", "-noout", "-pubkey"), out["certificate"]), (("pkey", "-pubout"), out["private_key"]))
        ]
        return done.returncode == 0 and keys[0] == keys[1]

    def destroy(self) -> None:
        self.deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK)


@pytest.fixture
def certified(tmp_path: Path) -> Certified:
    return Certified(tmp_path)


def test_a_renewal_makes_another_that_the_tier_shows_and_leaves_alone_what_it_has_shown(certified: Certified) -> None:
    certified.become()
    first, made_first = certified.outputs(), certified.held()
    assert certified.valid_for("www.example.com") and not certified.valid_for("www.example.net")
    assert certified.shown().strip() == first["certificate"].strip() == made_first["first"][0]
    assert certified.deployment.drift() == {}

    renewal = date.fromisoformat(first["renews_on"])
    assert certified.planned(as_of=str(renewal - timedelta(days=1))) == set(), "nothing changes within a turn"
    replaced = {("replace", f"origin-second-{part}") for part in ("key", "request", "certificate")}
    assert certified.planned(as_of=str(renewal)) >= replaced, "the preview of a night shows what is due"

    events = certified.become(as_of=str(renewal))
    assert {event.name for event in events if event.name.startswith("origin")} == {name for _, name in replaced}
    made, taken = events.places("create", MADE), events.places("create", SHOWN)
    given = events.places("update", "LoadBalancer")
    assert events.before(made, taken) and events.before(taken, given)
    assert events.before(given, events.places("delete", SHOWN)) and events.before(given, events.places("delete", MADE))

    second, made_second = certified.outputs(), certified.held()
    assert made_second["first"] == made_first["first"], "whoever still shows it may go on"
    assert made_second["second"] == [second["certificate"].strip()] != made_first["second"]
    assert second["private_key"] != first["private_key"]
    assert certified.shown().strip() == second["certificate"].strip()
    assert certified.valid_for("www.example.com")
    exported = certified.deployment.pulumi("stack", "export", "--stack", STACK)
    assert "PRIVATE KEY" not in exported, "no key stands in the state in plain"

    assert certified.planned(as_of=str(renewal + timedelta(days=151))) == set()
    certified.become(as_of=second["renews_on"])
    assert certified.held()["second"] == made_second["second"] and certified.held()["first"] != made_first["first"]
    assert certified.shown().strip() == certified.held()["first"][0] and certified.valid_for("example.com")

    certified.destroy()
    assert certified.deployment.clouds() == []


def test_a_renewal_that_cloudflare_stops_leaves_the_tier_with_the_old_one_and_is_finished_by_the_next(certified: Certified) -> None:
    certified.become()
    before, kept = certified.shown(), certified.held()["first"]
    certified.deployment.sandbox("fault", "add", "refused", "--type", f"*{MADE}", "--operation", "create")
    certified.write(as_of=certified.outputs()["renews_on"])
    assert certified.deployment.attempt("up", "--yes", "--skip-preview", "--stack", STACK).returncode != 0
    assert certified.shown() == before

    events = certified.become(as_of=certified.outputs()["renews_on"])
    assert len(events.places("create", MADE)) == len(events.places("delete", MADE)) == 1
    assert certified.shown() != before and certified.valid_for("example.com")
    assert certified.held()["first"] == kept and len(certified.held()["second"]) == 1


def test_other_names_need_new_certificates_and_their_order_none(certified: Certified) -> None:
    certified.become()
    key = certified.outputs()["private_key"]
    assert certified.planned(hostnames=["*.example.com", "example.com"]) == set()
    events = certified.become(hostnames=["example.com", "*.example.com", "www.example.net"])
    assert len(events.places("create", MADE)) == 2
    assert events.before(events.places("create", MADE), events.places("delete", MADE))
    assert certified.valid_for("www.example.net") and certified.outputs()["private_key"] == key


def test_where_nothing_is_to_be_revoked_before_other_names_the_old_ones_stay(certified: Certified) -> None:
    """Said in an update before: load balancers go on with the old one after the update."""
    certified.become()
    assert {event.operation for event in certified.become(revoke=False)} == set()
    before = certified.held()
    events = certified.become(revoke=False, hostnames=["example.com", "www.example.net"])
    assert len(events.places("create", MADE)) == 2 and not events.places("delete", MADE)
    assert all(before[which][0] in held for which, held in certified.held().items())

    certified.become(hostnames=["example.com", "www.example.net"])
    certified.destroy()
    assert [resource["type"].rsplit(":", 1)[1] for resource in certified.deployment.clouds()] == [MADE, MADE]


def test_it_goes_by_todays_date_where_nothing_is_said(certified: Certified) -> None:
    certified.become(as_of=None)
    assert certified.planned(as_of=None) == set()
    # In UTC, as the test does; at midnight, another day.
    assert date.fromisoformat(certified.outputs()["renews_on"]) > date.fromisoformat(TODAY)
