"""Tiers that are broken on purpose, each by one recorded input or one resource more or less, and the rule that has to find it."""

import base64
import dataclasses
import gzip
from collections.abc import Callable
from typing import Any

from tests.components.web.clouds import PRIVATE_KEY, TOKEN
from tests.recording import Recording

Break = Callable[[Recording], None]


def put(type_: str, path: str, value: Any) -> Break:
    """One recorded input of the resources of a type, another one."""

    def broken(recording: Recording) -> None:
        records = recording.all(type_)
        assert records, f"no {type_} among {sorted(recording.types())}"
        for record in records:
            *parents, last = path.split(".")
            node: Any = record.inputs
            for step in parents:
                node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
            if value is GONE:
                del node[last]
            else:
                node[int(last) if isinstance(node, list) else last] = value

    return broken


GONE = object()


def add(type_: str, **inputs: Any) -> Break:
    """One more resource."""

    def broken(recording: Recording) -> None:
        like = next(record for record in recording.all() if record.custom)
        recording.records[f"added {type_}"] = dataclasses.replace(
            like, urn=f"added {type_}", type=type_, name="added", id="added-id", inputs=inputs, secrets=frozenset(), outputs={}
        )

    return broken


def remove(type_: str) -> Break:
    """No resource of a type."""

    def broken(recording: Recording) -> None:
        for urn in [record.urn for record in recording.all(type_)]:
            del recording.records[urn]

    return broken


def said(text: str) -> dict[str, Any]:
    """User data of a launch template with some text in it."""
    return {"userData": base64.b64encode(f"#cloud-config\n{text}\n".encode()).decode()}


PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
FIREWALL = "gcp:compute/firewall:Firewall"
ARMOR = "gcp:compute/securityPolicy:SecurityPolicy"
MACHINE = "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
MEMBER = "gcp:projects/iAMMember:IAMMember"
DO_FIREWALL = "digitalocean:index/firewall:Firewall"
DO_BALANCER = "digitalocean:index/loadBalancer:LoadBalancer"
DROPLET = "digitalocean:index/droplet:Droplet"
ACCESS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
ALLOW_ALL = {"priority": 2147483647, "action": "allow", "match": {"config": {"srcIpRanges": ["*"]}}}

WORLD, SSH, DISK, TOLD = "open to the world", "SSH open", "unencrypted disk", "secret in user data"

BROKEN: dict[str, tuple[str, str, Break]] = {
    # Ports that are open to the world
    "a rule for all of IPv4": ("aws", WORLD, put(INGRESS, "cidrIpv4", "0.0.0.0/0")),
    "a rule for all of IPv6": ("aws", WORLD, put(INGRESS, "cidrIpv6", "::/0")),
    "a rule for half of IPv4": ("aws", WORLD, put(INGRESS, "cidrIpv4", "128.0.0.0/1")),
    "a prefix list with everyone": ("aws", WORLD, put(PREFIX_LIST, "entries", [{"cidr": "0.0.0.0/0"}])),
    "a prefix list with two halves": ("aws", WORLD, put(PREFIX_LIST, "entries", [{"cidr": "0.0.0.0/1"}, {"cidr": "128.0.0.0/1"}])),
    "an entry of a prefix list": (
        "aws",
        WORLD,
        add("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", prefixListId="site-admitted-id", cidr="0.0.0.0/0"),
    ),
    "a rule inside a security group": (
        "aws",
        WORLD,
        put(GROUP, "ingress", [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0"]}]),
    ),
    "a default security group with rules": (
        "aws",
        WORLD,
        put("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "ingress", [{"protocol": "-1", "ipv6CidrBlocks": ["::/0"]}]),
    ),
    "a rule of the older type": (
        "aws",
        WORLD,
        add(
            "aws:ec2/securityGroupRule:SecurityGroupRule", type="ingress", protocol="tcp", fromPort=80, toPort=80, cidrBlocks=["0.0.0.0/0"]
        ),
    ),
    "a firewall for everyone": ("gcp", WORLD, put(FIREWALL, "sourceRanges", ["0.0.0.0/0"])),
    "a firewall that names nobody": ("gcp", WORLD, put(FIREWALL, "sourceRanges", GONE)),
    "a policy whose last rule allows": ("gcp", WORLD, put(ARMOR, "rules", [ALLOW_ALL])),
    "a policy without a last rule": ("gcp", WORLD, put(ARMOR, "rules", [])),
    "a policy whose expression is true": (
        "gcp",
        WORLD,
        put(ARMOR, "rules.0.match", {"expr": {"expression": "true"}}),
    ),
    "a load balancer without a policy": ("gcp", WORLD, put("gcp:compute/backendService:BackendService", "securityPolicy", GONE)),
    "a rule of a firewall policy": (
        "gcp",
        WORLD,
        add(
            "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
            direction="INGRESS",
            action="allow",
            match={"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["80"]}]},
        ),
    ),
    "a droplets' firewall for everyone": (
        "digitalocean",
        WORLD,
        put(DO_FIREWALL, "inboundRules", [{"protocol": "tcp", "portRange": "80", "sourceAddresses": ["0.0.0.0/0", "::/0"]}]),
    ),
    "droplets without a firewall": ("digitalocean", WORLD, remove(DO_FIREWALL)),
    "droplets without the firewall's tag": ("digitalocean", WORLD, put(DROPLET, "tags", ["another"])),
    "a load balancer without a firewall": ("digitalocean", WORLD, put(DO_BALANCER, "firewall", GONE)),
    "a load balancer that admits everyone": ("digitalocean", WORLD, put(DO_BALANCER, "firewall", {"allows": ["cidr:0.0.0.0/0"]})),
    # SSH
    "SSH on AWS": ("aws", SSH, put(INGRESS, "fromPort", 22)),
    "all ports on AWS": ("aws", SSH, put(INGRESS, "ipProtocol", "-1")),
    "SSH on Google Cloud": ("gcp", SSH, put(FIREWALL, "allows", [{"protocol": "tcp", "ports": ["20-25"]}])),
    "all ports on Google Cloud": ("gcp", SSH, put(FIREWALL, "allows", [{"protocol": "all"}])),
    "SSH on DigitalOcean": (
        "digitalocean",
        SSH,
        put(DO_FIREWALL, "inboundRules", [{"protocol": "tcp", "portRange": "22", "sourceAddresses": ["203.0.113.7"]}]),
    ),
    # Secrets in user data, however they are packed
    "a token": ("aws", TOLD, put(TEMPLATE, "userData", said(f"token: {TOKEN}")["userData"])),
    "a private key, indented": (
        "aws",
        TOLD,
        put(TEMPLATE, "userData", said("key: |\n  " + PRIVATE_KEY.replace("\n", "\n  "))["userData"]),
    ),
    "a token in gzip": (
        "aws",
        TOLD,
        put(TEMPLATE, "userData", base64.b64encode(gzip.compress(f"token: {TOKEN}".encode())).decode()),
    ),
    "a token in base64 in a file": (
        "aws",
        TOLD,
        put(TEMPLATE, "userData", said("content: " + base64.b64encode(f"token={TOKEN}\n".encode()).decode())["userData"]),
    ),
    "a token in gzip in a MIME part": (
        "gcp",
        TOLD,
        put(
            MACHINE,
            "metadata.user-data",
            "Content-Type: application/gzip\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(gzip.compress((f"token: {TOKEN}\n" + "more\n" * 100).encode())).decode(),
        ),
    ),
    "an access key of AWS": ("aws", TOLD, put(TEMPLATE, "userData", said(f"export KEY={ACCESS_KEY}")["userData"])),
    "a password in a URL": ("gcp", TOLD, put(MACHINE, "metadata.startup-script", "curl https://robot:hunter2@example.com/")),
    "a token in plain on DigitalOcean": ("digitalocean", TOLD, put(DROPLET, "userData", f"#cloud-config\ntoken: {TOKEN}\n")),
    "a token in a tag": ("aws", "secret in plain inputs", put(TEMPLATE, "tags.token", TOKEN)),
    # Disks, metadata, accounts
    "a disk in plain": ("aws", DISK, put(TEMPLATE, "blockDeviceMappings.0.ebs.encrypted", "false")),
    "a disk as the image has it": ("aws", DISK, put(TEMPLATE, "blockDeviceMappings", GONE)),
    "a volume in plain": ("aws", DISK, add("aws:ebs/volume:Volume", availabilityZone="eu-central-1a", size=10)),
    "a machine by itself": ("aws", DISK, add("aws:ec2/instance:Instance", ami="ami-1", metadataOptions={"httpTokens": "required"})),
    "a database in plain": ("aws", DISK, add("aws:rds/instance:Instance", storageEncrypted=False)),
    "metadata for whoever asks": ("aws", "IMDSv1", put(TEMPLATE, "metadataOptions.httpTokens", "optional")),
    "metadata as AWS has it": ("aws", "IMDSv1", put(TEMPLATE, "metadataOptions", GONE)),
    "a machine that boots anything": (
        "gcp",
        "no Shielded VM",
        put(MACHINE, "shieldedInstanceConfig.enableSecureBoot", False),
    ),
    "the default account": (
        "gcp",
        "default service account",
        put(MACHINE, "serviceAccount.email", "123-compute@developer.gserviceaccount.com"),
    ),
    "no account but its rights": ("gcp", "default service account", put(MACHINE, "serviceAccount.email", GONE)),
    "an editor of everything": ("gcp", "primitive role", put(MEMBER, "role", "roles/editor")),
    "a reader of all secrets": ("gcp", "wide rights", put(MEMBER, "role", "roles/secretmanager.secretAccessor")),
    "a role that may do anything": (
        "aws",
        "wide rights",
        add("aws:iam/rolePolicy:RolePolicy", policy='{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
    ),
    "a role that may read all secrets": (
        "aws",
        "wide rights",
        add(
            "aws:iam/rolePolicy:RolePolicy",
            policy='{"Statement": [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": "*"}]}',
        ),
    ),
    "an administrator": (
        "aws",
        "wide rights",
        put("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ),
    # Databases
    "a public database on RDS": (
        "aws",
        "public database",
        add("aws:rds/instance:Instance", storageEncrypted=True, publiclyAccessible=True, vpcSecurityGroupIds=["site-load-balancer-id"]),
    ),
    "a public database on Cloud SQL": (
        "gcp",
        "public database",
        add(
            "gcp:sql/databaseInstance:DatabaseInstance",
            settings={
                "ipConfiguration": {
                    "ipv4Enabled": True,
                    "sslMode": "ENCRYPTED_ONLY",
                    "authorizedNetworks": [{"value": "198.51.100.0/24"}],
                }
            },
        ),
    ),
    "a database that takes plain connections": (
        "gcp",
        "public database",
        add("gcp:sql/databaseInstance:DatabaseInstance", settings={"ipConfiguration": {"ipv4Enabled": True, "authorizedNetworks": []}}),
    ),
    "a managed database for everyone": ("digitalocean", WORLD, add("digitalocean:index/databaseCluster:DatabaseCluster", engine="pg")),
}

SECURE: dict[str, tuple[str, str, Break]] = {
    "an older TLS on AWS": ("aws", "old TLS", put("aws:lb/listener:Listener", "sslPolicy", "ELBSecurityPolicy-2016-08")),
    "an older TLS on Google Cloud": ("gcp", "old TLS", put("gcp:compute/targetHttpsProxy:TargetHttpsProxy", "sslPolicy", GONE)),
    "a policy with an older TLS": ("gcp", "old TLS", put("gcp:compute/sSLPolicy:SSLPolicy", "minTlsVersion", "TLS_1_0")),
}
"""Of tiers with a certificate."""
