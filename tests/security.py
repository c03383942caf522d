"""Finds in a recorded program what must not be there: `findings(recording, planted)`. By the resources' types, never by their names.

What has no rule here has none because there is nothing to choose: Google Cloud encrypts every disk
(https://cloud.google.com/docs/security/encryption/default-encryption), DigitalOcean every volume and managed database
(https://docs.digitalocean.com/products/volumes/details/features/,
https://docs.digitalocean.com/products/databases/postgresql/details/features/), and for a droplet's own disk its API has no
setting, so that such a machine should hold no data. A port is reached through `tests/reach.py`.
"""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from tests.reach import Opening, openings
from tests.recorded import Recorded, Values
from tests.recording import Recording
from tests.unpacked import unpacked


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that must not be there."""

    rule: str
    """Which rule: `open to the world`."""
    urn: str
    """The resource's, or that of the component or stack whose output it is."""
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.urn} {self.detail}".strip()


def findings(recording: Recording, planted: Collection[str] = ()) -> list[Finding]:
    """Everything that the rules find.

    Args:
        recording: A program that ran.
        planted: The values of secrets that the program was given or that were generated for it.
    """
    return [
        *_ways_in(openings(recording)),
        *(finding for record in recording.all() for rule in RULES for finding in rule(record, recording)),
        *(finding for record in recording.all() for finding in _in_user_data(record, planted)),
        *_in_plain(recording, planted),
    ]


# --- Reach ---------------------------------------------------------------------------------------------------------------


def _ways_in(ways: list[Opening]) -> Iterator[Finding]:
    for way in ways:
        if way.is_world:
            yield Finding(rule="open to the world", urn=way.record.urn, detail=str(way.ports))
        elif way.record.type not in NO_PORTS and way.admits(22) and way.is_public:
            yield Finding(rule="SSH open", urn=way.record.urn, detail=", ".join(way.ranges[:3]))


NO_PORTS = (
    "gcp:compute/securityPolicy:SecurityPolicy",
    "gcp:compute/backendService:BackendService",
    "gcp:compute/regionBackendService:RegionBackendService",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "digitalocean:index/loadBalancer:LoadBalancer",
    "digitalocean:index/databaseFirewall:DatabaseFirewall",
)
"""Types that say from where and not to which port: what they stand before serves its own alone."""


def _public_database(record: Recorded, recording: Recording) -> Iterator[Finding]:
    """A database with a public address that more than single addresses can reach, or without TLS."""
    if record.type in ("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"):
        groups = {str(group) for group in record.inputs.get("vpcSecurityGroupIds", [])}
        own = [way for way in openings(recording) if {way.record.inputs.get("securityGroupId"), way.record.id} & groups]
        public, encrypted = bool(record.inputs.get("publiclyAccessible")), _forces_tls(record, recording)
    elif record.type == "gcp:sql/databaseInstance:DatabaseInstance":
        settings = record.inputs.get("settings", {}).get("ipConfiguration", {})
        own = [way for way in openings(recording) if way.record is record]
        public, encrypted = settings.get("ipv4Enabled", True), settings.get("sslMode") in TLS_ONLY
    else:
        return
    if public and not all(way.only_hosts for way in own):
        yield Finding(rule="public database", urn=record.urn, detail="reached from more than single addresses")
    if public and not encrypted:
        yield Finding(rule="public database", urn=record.urn, detail="takes connections without TLS")


TLS_ONLY = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


def _forces_tls(record: Recorded, recording: Recording) -> bool:
    for group in recording.all("aws:rds/parameterGroup:ParameterGroup"):
        if record.inputs.get("parameterGroupName") == group.outputs.get("name"):
            return any(
                parameter["name"] == "rds.force_ssl" and str(parameter["value"]) == "1" for parameter in group.inputs.get("parameters", [])
            )
    return False


# --- One resource at a time ----------------------------------------------------------------------------------------------

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
EC2 = (TEMPLATE, "aws:ec2/instance:Instance", "aws:ec2/launchConfiguration:LaunchConfiguration")
ENCRYPTED_BY = {
    "aws:ebs/volume:Volume": "encrypted",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    "aws:rds/instance:Instance": "storageEncrypted",
    "aws:rds/cluster:Cluster": "storageEncrypted",
}
GCE = (
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)


def _is_true(value: Any) -> bool:
    """AWS's launch templates have booleans as text."""
    return str(value).lower() == "true"


def _unencrypted_disk(record: Recorded, recording: Recording) -> Iterator[Finding]:
    inputs = _as_made(record, recording)
    found: list[Any] = []
    if record.type in ENCRYPTED_BY and "replicateSourceDb" not in inputs:
        found = [inputs.get(ENCRYPTED_BY[record.type])]
    elif "blockDeviceMappings" in inputs or record.type == TEMPLATE:
        disks = inputs.get("blockDeviceMappings", [])
        # Without a mapping, the disk is what the image says, which is not encrypted.
        found = [disk["ebs"].get("encrypted") for disk in disks if disk.get("ebs")] or [None]
    elif record.type in EC2:
        found = [disk.get("encrypted") for disk in [inputs.get("rootBlockDevice", {}), *inputs.get("ebsBlockDevices", [])]]
    if not all(_is_true(one) for one in found):
        yield Finding(rule="unencrypted disk", urn=record.urn)


def _as_made(record: Recorded, recording: Recording) -> Values:
    """A machine's inputs laid over those of the launch template that it is made from."""
    named = record.inputs.get("launchTemplate")
    if record.type != "aws:ec2/instance:Instance" or not named:
        return record.inputs
    templates = [template.inputs for template in recording.all(TEMPLATE) if template.id == named.get("id")]
    return {**(templates[0] if templates else {}), **record.inputs}


def _metadata_without_token(record: Recorded, recording: Recording) -> Iterator[Finding]:
    """IMDSv1, through which a request forged in the web server reads the machine's credentials."""
    if record.type in EC2:
        options = _as_made(record, recording).get("metadataOptions", {})
        if options.get("httpTokens") != "required" and options.get("httpEndpoint") != "disabled":
            yield Finding(rule="IMDSv1", urn=record.urn)


def _not_shielded(record: Recorded, recording: Recording) -> Iterator[Finding]:
    if record.type in GCE:
        options = record.inputs.get("shieldedInstanceConfig", {})
        missing = [name for name in ("enableSecureBoot", "enableVtpm", "enableIntegrityMonitoring") if not options.get(name)]
        if missing:
            yield Finding(rule="no Shielded VM", urn=record.urn, detail=", ".join(missing))


def _shared_account(record: Recorded, recording: Recording) -> Iterator[Finding]:
    """The project's default account, which is an editor of everything unless somebody has seen to it."""
    if record.type in GCE and "serviceAccount" in record.inputs:
        email = record.inputs["serviceAccount"].get("email") or "default"
        if email == "default" or email.endswith(("-compute@developer.gserviceaccount.com", "@appspot.gserviceaccount.com")):
            yield Finding(rule="default service account", urn=record.urn, detail=email)


def _wide_rights(record: Recorded, recording: Recording) -> Iterator[Finding]:
    """Rights over a whole project or account, or over all secrets of one."""
    role = str(record.inputs.get("role", ""))
    if re.match(r"gcp:\w+/\w*iam(member|binding)", record.type, re.IGNORECASE):
        if role in ("roles/owner", "roles/editor", "roles/viewer"):
            yield Finding(rule="primitive role", urn=record.urn, detail=role)
        elif record.type.startswith("gcp:projects/") and (role.startswith("roles/secretmanager.") or role.endswith((".admin", "Admin"))):
            yield Finding(rule="wide rights", urn=record.urn, detail=role)
    arn = str(record.inputs.get("policyArn", "")) + " ".join(map(str, record.inputs.get("managedPolicyArns", [])))
    if record.type.startswith("aws:iam/"):
        if re.search(r"/(Administrator|PowerUser)Access|FullAccess|ReadOnlyAccess", arn):
            yield Finding(rule="wide rights", urn=record.urn, detail=arn)
        documents = [record.inputs.get("policy"), *(policy.get("policy") for policy in record.inputs.get("inlinePolicies", []))]
        for actions in (_too_much(statement) for document in documents for statement in _statements(document)):
            if actions:
                yield Finding(rule="wide rights", urn=record.urn, detail=", ".join(actions))


EVERY_SECRET = re.compile(r"\*|arn:[^:]*:(secretsmanager|ssm|kms):[^:]*:[^:]*:(secret:|parameter|key/)?\*")


def _too_much(statement: Values) -> list[str]:
    """The actions of a policy's statement, if they are all of a service, or if it reads every secret of the account."""
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    anything = any(action == "*" or action.endswith(":*") for action in actions)
    secrets = any(action.startswith(("secretsmanager:Get", "ssm:GetParameter", "kms:Decrypt")) for action in actions)
    every = secrets and any(EVERY_SECRET.fullmatch(resource) for resource in resources) and not statement.get("Condition")
    return actions if statement.get("Effect") == "Allow" and (anything or every) else []


def _statements(document: Any) -> list[Any]:
    parsed = json.loads(document) if isinstance(document, str) else document or {}
    return [one for one in _listed(parsed.get("Statement")) if isinstance(one, dict)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _old_tls(record: Recorded, recording: Recording) -> Iterator[Finding]:
    """A listener that still speaks TLS 1.0 or 1.1: the default on AWS and on Google Cloud."""
    if record.type in ("aws:lb/listener:Listener", "aws:alb/listener:Listener") and record.inputs.get("protocol") in ("HTTPS", "TLS"):
        policy = str(record.inputs.get("sslPolicy", ""))
        if not re.match(r"ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)", policy):
            yield Finding(rule="old TLS", urn=record.urn, detail=policy)
    elif record.type in HTTPS_PROXIES and not record.inputs.get("sslPolicy"):
        yield Finding(rule="old TLS", urn=record.urn, detail="no policy")
    elif record.type in TLS_POLICIES and record.inputs.get("minTlsVersion") not in ("TLS_1_2", "TLS_1_3"):
        yield Finding(rule="old TLS", urn=record.urn, detail=str(record.inputs.get("minTlsVersion")))


HTTPS_PROXIES = ("gcp:compute/targetHttpsProxy:TargetHttpsProxy", "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy")
TLS_POLICIES = ("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy")

RULES = (_public_database, _unencrypted_disk, _metadata_without_token, _not_shielded, _shared_account, _wide_rights, _old_tls)


# --- Secrets -------------------------------------------------------------------------------------------------------------

WITHOUT_STORE = ("digitalocean", "multicloud")
"""Where machines have no secret store to ask, so that a token may be in the user data, if that is a secret itself: on DigitalOcean, and
in what a component gives out for the machines of somebody else."""

LOOKS_SECRET = {
    "a private key": re.compile(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----\s+([A-Za-z0-9+/=]{16,}\s*)+"),
    "an access key of AWS": re.compile(rb"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(rb"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,})"),
    "a token of DigitalOcean": re.compile(rb"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "a key of Google": re.compile(rb"\bAIza[0-9A-Za-z_-]{35}\b|\"private_key_id\": *\"[0-9a-f]{40}\""),
    "a password in a URL": re.compile(rb"\b[a-z][a-z0-9+]*://[A-Za-z0-9._~%-]+:[A-Za-z0-9._~%!+-]+@"),
}
"""Secrets that are known by their looks."""


def user_data(record: Recorded) -> dict[str, str]:
    """What a resource, or a component's output, tells a machine at its first boot, by the dotted path where it stands."""
    inputs = record.inputs if record.custom else record.registered or {}
    found = {name: inputs.get(name) for name in ("userData", "userDataBase64", "metadataStartupScript", "user_data")}
    for name, text in (inputs.get("metadata") or {}).items() if record.type in GCE else ():
        found[f"metadata.{name}"] = text
    if "dropletTemplate" in inputs:
        found["dropletTemplate.userData"] = inputs["dropletTemplate"].get("userData")
    return {path: text for path, text in found.items() if isinstance(text, str)}


def _in_user_data(record: Recorded, planted: Collection[str]) -> Iterator[Finding]:
    for path, text in user_data(record).items():
        texts = list(unpacked(_decoded(text)))
        known = [secret for secret in planted if any(_mark(secret) in one for one in texts)]
        looks = [name for name, pattern in LOOKS_SECRET.items() if any(pattern.search(one) for one in texts)]
        marks = record.secrets if record.custom else record.registered_secrets
        hidden = any(path == mark or path.startswith(f"{mark}.") for mark in marks)
        if looks or (known and not (record.type.split(":")[0] in WITHOUT_STORE and hidden)):
            # The secret itself is not shown, even here.
            yield Finding(rule="secret in user data", urn=record.urn, detail=", ".join(looks or [f"{len(known)} planted"]))


def _mark(secret: str) -> bytes:
    """What a secret is known by: its longest line, since a key may be indented."""
    return max(secret.splitlines(), key=len).encode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def _in_plain(recording: Recording, planted: Collection[str]) -> Iterator[Finding]:
    """A planted secret in an input or an output that is not marked as one."""
    places = [(record.urn, record.inputs, record.secrets, "secret in plain inputs") for record in recording.all()]
    places += [
        (record.urn, record.registered or {}, record.registered_secrets, "secret in plain outputs")
        for record in recording.all()
        if not record.custom
    ]
    places.append(("the stack", recording.exports, recording.secret_exports, "secret in plain outputs"))
    for urn, values, marks, rule in places:
        for path, value in leaves(values):
            hidden = any(path == mark or path.startswith(f"{mark}.") for mark in marks)
            if not hidden and any(_mark(secret) in one for secret in planted for one in unpacked(_decoded(str(value)))):
                yield Finding(rule=rule, urn=urn, detail=path)


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every plain value inside with its dotted path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        return [(path, value)]
    return [leaf for key, inner in pairs for leaf in leaves(inner, f"{path}.{key}" if path else str(key))]
