"""What the clouds of a `Recording` compute and answer: only what the components and the stacks need."""

import base64
import json
import zlib

from pulumi.runtime import rpc

from tests.recorded import Answer, Outputs, Recorded


def _address(record: Recorded) -> str:
    """A reserved address: another one for each name."""
    number = zlib.crc32(record.name.encode()) % 2**16
    return f"198.18.{number // 256}.{number % 256}"


def _pem(label: str, record: Recorded) -> str:
    """What looks like PEM: another text for each name."""
    return f"-----BEGIN {label}-----\n{base64.b64encode(record.name.encode()).decode()}\n-----END {label}-----\n"


OUTPUTS: dict[str, Outputs] = {
    "aws:lb/loadBalancer:LoadBalancer": lambda r: {
        "dnsName": f"{r.name}.elb.amazonaws.com",
        "arnSuffix": f"app/{r.name}/1",
        "zoneId": "Z215JYRZR1TBD5",
    },
    "aws:lb/targetGroup:TargetGroup": lambda r: {"arnSuffix": f"targetgroup/{r.name}/1"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:ec2/eip:Eip": lambda r: {"publicIp": _address(r), "allocationId": f"eipalloc-{r.name}"},
    "aws:rds/instance:Instance": lambda r: {
        "identifier": f"{r.name}-1a2b3c4",
        "address": f"{r.name}.rds.amazonaws.com",
        "endpoint": f"{r.name}.rds.amazonaws.com:5432",
        "port": 5432,
    },
    "aws:secretsmanager/secret:Secret": lambda r: {
        "arn": f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{r.name}-AbCdEf",
    },
    "cloudflare:index/originCaCertificate:OriginCaCertificate": lambda r: {
        "certificate": _pem("CERTIFICATE", r),
        "expiresOn": "2027-11-21 13:08:00 +0000 UTC",
    },
    "digitalocean:index/droplet:Droplet": {"ipv4Address": "198.51.100.30", "ipv4AddressPrivate": "10.30.0.2"},
    "digitalocean:index/loadBalancer:LoadBalancer": {"ip": "198.51.100.31"},
    "digitalocean:index/reservedIp:ReservedIp": lambda r: {"ipAddress": _address(r)},
    "digitalocean:index/vpc:Vpc": {"vpcUrn": "do:vpc:1"},
    "gcp:serviceaccount/account:Account": lambda r: {
        "email": f"{r.name}@p.iam.gserviceaccount.com",
        "member": f"serviceAccount:{r.name}@p.iam.gserviceaccount.com",
    },
    "gcp:compute/address:Address": lambda r: {"address": _address(r)},
    "gcp:compute/globalAddress:GlobalAddress": {"address": "198.51.100.21"},
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": lambda r: {"ipAddress": r.inputs.get("ipAddress", "198.51.100.22")},
    "gcp:compute/forwardingRule:ForwardingRule": lambda r: {"ipAddress": r.inputs.get("ipAddress", "198.51.100.23")},
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": lambda r: {
        "instanceGroup": f"https://www.googleapis.com/compute/v1/projects/p/{r.name}"
    },
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "publicIpAddress": "198.51.100.40",
        "firstIpAddress": "198.51.100.40",
        "privateIpAddress": "10.120.0.2",
        "connectionName": "p:r:i",
        "ipAddresses": [{"type": "PRIMARY", "ipAddress": "198.51.100.40"}, {"type": "OUTGOING", "ipAddress": "198.51.100.41"}],
    },
    "random:index/randomPassword:RandomPassword": lambda r: {"result": rpc.wrap_rpc_secret(f"password-of-{r.name}")},
    "random:index/randomId:RandomId": {"hex": "1a2b3c4d"},
    "random:index/randomString:RandomString": {"result": "1a2b3c4d"},
    "tls:index/privateKey:PrivateKey": lambda r: {
        "privateKeyPem": rpc.wrap_rpc_secret(_pem("EC PRIVATE KEY", r)),
        "privateKeyPemPkcs8": rpc.wrap_rpc_secret(_pem("PRIVATE KEY", r)),
    },
    "tls:index/certRequest:CertRequest": lambda r: {"certRequestPem": _pem("CERTIFICATE REQUEST", r)},
    "tls:index/selfSignedCert:SelfSignedCert": lambda r: {"certPem": _pem("CERTIFICATE", r)},
    "tls:index/locallySignedCert:LocallySignedCert": lambda r: {"certPem": _pem("CERTIFICATE", r)},
}
"""Computed outputs of the types that the components make. A test adds to its own `recording.outputs`."""

NUMBERED = frozenset({"digitalocean:index/droplet:Droplet"})
"""Types whose ids are numbers."""

ANSWERS: dict[str, Answer] = {
    "aws:ec2/getAmi:getAmi": {"id": "ami-0debian12", "architecture": "x86_64", "name": "debian-12-amd64"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": lambda args: {
        "names": [f"{args.get('region', 'eu-central-1')}{letter}" for letter in "abc"],
        "zoneIds": ["euc1-az1", "euc1-az2", "euc1-az3"],
    },
    "gcp:compute/getImage:getImage": {"selfLink": "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12"},
    "gcp:compute/getZones:getZones": lambda args: {"names": [f"{args.get('region', 'europe-west3')}-{letter}" for letter in "abc"]},
    "digitalocean:index/getImage:getImage": {"id": 1, "slug": "debian-12-x64"},
    "cloudflare:index/getZone:getZone": lambda args: {
        "id": "0123456789abcdef0123456789abcdef",
        "zoneId": "0123456789abcdef0123456789abcdef",
        "name": args.get("filter", {}).get("name", "example.com"),
        "account": {"id": "fedcba9876543210fedcba9876543210", "name": "account"},
        "status": "active",
    },
    "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": lambda args: {
        "token": base64.b64encode(json.dumps({"a": args["accountId"], "t": args["tunnelId"], "s": "AAAA"}).encode()).decode()
    },
    "cloudflare:index/getIpRanges:getIpRanges": {"ipv4Cidrs": ["173.245.48.0/20", "103.21.244.0/22"], "ipv6Cidrs": ["2400:cb00::/32"]},
}
"""Answers of the look-ups that the components use. A test adds to its own `recording.answers`."""
