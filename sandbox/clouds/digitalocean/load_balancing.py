"""Load balancers and their certificates."""

from typing import Any

from sandbox.rules import UNKNOWN, Limit, Making, Reference, Refused, Unique, Values

from ..shared import input_id, kept, known
from .addresses import public_ipv4, public_ipv6
from .words import (
    NAME,
    NOT_EMPTY,
    PORT,
    TAG,
    addresses,
    default_vpc,
    droplet,
    given,
    made_up_uuid,
    member,
    region,
    resource,
    tag_exists,
    token,
    unprocessable,
    vpc_exists,
)

# Load balancers


def _health_check(making: Making) -> None:
    check, protocol = making.inputs.get("healthcheck"), making.get("healthcheck.protocol")
    if not isinstance(check, dict):
        return
    if protocol in ("http", "https") and not given(check, "path"):
        raise Refused(f"health check `path` is required for when protocol is `{protocol}`", property="healthcheck.path", by="provider")
    if protocol == "tcp" and check.get("path"):
        raise Refused("health check `path` is not allowed for when protocol is `tcp`", property="healthcheck.path", by="provider")


def _sticky_sessions(making: Making) -> None:
    sticky = making.inputs.get("stickySessions")
    if not isinstance(sticky, dict):
        return
    for key, name in (("cookieName", "cookie_name"), ("cookieTtlSeconds", "cookie_ttl_seconds")):
        if sticky.get("type") == "cookies" and sticky.get(key) is None:
            raise Refused(
                f"sticky sessions `{name}` is required for when type is `cookie`", property=f"stickySessions.{key}", by="provider"
            )
        if sticky.get("type", "none") == "none" and sticky.get(key) is not None:
            raise Refused(
                f"sticky sessions `{name}` is not allowed for when type is `none`", property=f"stickySessions.{key}", by="provider"
            )


def _place_of_load_balancer(making: Making) -> None:
    kind, place = str(making.get("type", "")).upper(), given(making.inputs, "region")
    if not given(making.inputs, "type") and not place:
        raise Refused("missing 'region' value", property="region", by="provider")
    if kind == "GLOBAL" and place:
        raise Refused("'region' must be empty or not set when 'type' is 'GLOBAL'", property="region", by="provider")
    if kind in ("REGIONAL", "REGIONAL_NETWORK") and not place:
        raise Refused(f"'region' must be set and not be empty when 'type' is '{kind}'", property="region", by="provider")
    if kind != "GLOBAL" and not given(making.inputs, "forwardingRules"):
        raise unprocessable("at least one forwarding rule is required", "forwardingRules")


def _forwarding_rules(making: Making) -> None:
    seen: set[Any] = set()
    for index, rule in enumerate(making.get("forwardingRules", [])):
        if rule is UNKNOWN:
            continue
        where, entry, target = f"forwardingRules[{index}]", rule.get("entryProtocol"), rule.get("targetProtocol")
        if (entry == "udp") != (target == "udp") and UNKNOWN not in (entry, target):
            raise unprocessable("udp is forwarded to udp alone", f"{where}.targetProtocol")
        secure = entry in ("https", "http2", "http3")
        if (
            secure
            and not any(rule.get(key) for key in ("certificateName", "certificateId", "tlsPassthrough"))
            and UNKNOWN not in rule.values()
        ):
            raise unprocessable(f"{entry} needs a certificate or tls_passthrough", f"{where}.certificateName")
        port = (rule.get("entryPort"), entry == "udp")
        if port in seen and UNKNOWN not in port:
            raise unprocessable(f"two rules have the entry port {port[0]}", f"{where}.entryPort")
        seen.add(port)


def _load_balancer_outputs(making: Making) -> Values:
    slug, tag = str(making.get("region", "")).lower(), making.get("dropletTag")
    tagged = [int(r.id) for r in making.world.all(token("droplet")) if tag in (r.inputs.get("tags") or []) and r.outputs["region"] == slug]
    return {
        "ip": kept(making, "ip", lambda: public_ipv4(making.world)),
        "ipv6": kept(making, "ipv6", lambda: public_ipv6(making.world)) if making.get("networkStack") == "DUALSTACK" else "",
        "loadBalancerUrn": f"do:loadbalancer:{making.id}",
        "status": "active",
        "dropletIds": tagged if tag else making.get("dropletIds", []),
        "vpcUuid": making.get("vpcUuid") or kept(making, "vpcUuid", lambda: default_vpc(slug)[0]),
        "projectId": making.get("projectId") or made_up_uuid("default-project"),
    }


_CHECK = {"protocol": "http", "port": 80, "path": "/"}
_CHECK_TIMES = {"checkIntervalSeconds": 10, "responseTimeoutSeconds": 5, "unhealthyThreshold": 3, "healthyThreshold": 5}
_SECONDS, _TIMES = Limit(minimum=3, maximum=300), Limit(minimum=2, maximum=10)

LOAD_BALANCER = resource(
    "loadBalancer",
    outputs=_load_balancer_outputs,
    keeps=frozenset(
        (
            *("domains", "dropletIds", "firewall", "glbSettings", "healthcheck", "httpIdleTimeoutSeconds", "projectId", "sizeUnit"),
            *("stickySessions", "targetLoadBalancerIds", "vpcUuid"),
            *("forwardingRules[*].certificateId", "forwardingRules[*].certificateName"),
        )
    ),
    sets=frozenset({"forwardingRules", "dropletIds", "domains", "targetLoadBalancerIds"}),
    defaults={
        "algorithm": "round_robin",
        "disableLetsEncryptDnsRecords": False,
        "enableBackendKeepalive": False,
        "enableProxyProtocol": False,
        "redirectHttpToHttps": False,
        "forwardingRules[*].tlsPassthrough": False,
        "healthcheck": {**_CHECK, **_CHECK_TIMES},
        **{f"healthcheck.{key}": value for key, value in _CHECK_TIMES.items()},
        "stickySessions": {"type": "none"},
        "firewall": {"allows": [], "denies": []},
        "httpIdleTimeoutSeconds": 60,
        "sizeUnit": 1,
        "type": "REGIONAL",
        "network": "EXTERNAL",
        "networkStack": "IPV4",
    },
    limits={
        "name": NAME,
        "vpcUuid": NOT_EMPTY,
        "dropletTag": TAG,
        "sizeUnit": Limit(minimum=1, maximum=200),
        "httpIdleTimeoutSeconds": Limit(minimum=30, maximum=600, by="api"),
        "forwardingRules[*].entryPort": PORT,
        "forwardingRules[*].targetPort": PORT,
        "healthcheck.port": PORT,
        "healthcheck.checkIntervalSeconds": _SECONDS,
        "healthcheck.responseTimeoutSeconds": _SECONDS,
        "healthcheck.unhealthyThreshold": _TIMES,
        "healthcheck.healthyThreshold": _TIMES,
        "stickySessions.cookieName": Limit(min_length=2, max_length=40),
        "stickySessions.cookieTtlSeconds": Limit(minimum=1),
        "glbSettings.failoverThreshold": Limit(minimum=1, maximum=99),
    },
    enums={
        "algorithm": ("round_robin", "least_connections"),
        "size": ("lb-small", "lb-medium", "lb-large"),
        "type": ("REGIONAL", "GLOBAL", "REGIONAL_NETWORK"),
        "network": ("EXTERNAL", "INTERNAL"),
        "networkStack": ("IPV4", "DUALSTACK"),
        "forwardingRules[*].entryProtocol": ("http", "https", "http2", "http3", "tcp", "udp"),
        "forwardingRules[*].targetProtocol": ("http", "https", "http2", "tcp", "udp"),
        "healthcheck.protocol": ("http", "https", "tcp"),
        "stickySessions.type": ("cookies", "none"),
        "glbSettings.targetProtocol": ("http", "https"),
        "glbSettings.targetPort": (80, 443),
    },
    conflicts=(("dropletIds", "dropletTag"), ("forwardingRules", "glbSettings")),
    references=(
        member("vpcUuid"),
        droplet("dropletIds[*]"),
        Reference(
            path="forwardingRules[*].certificateName",
            to=(token("certificate"),),
            by="name",
            missing="422 certificate {value} does not exist",
            in_use="403 Make sure the certificate is not in use before deleting it: {user}",
        ),
    ),
    checks=(
        region(),
        _place_of_load_balancer,
        _health_check,
        _sticky_sessions,
        _forwarding_rules,
        addresses("firewall.allows", prefixed=True),
        addresses("firewall.denies", prefixed=True),
    ),
    before_create=(vpc_exists("vpcUuid"), tag_exists("dropletTag")),
    before_update=(tag_exists("dropletTag"),),
    unique=(Unique(paths=("name",), within="account", message="422 a load balancer with the name {value} already exists"),),
)

# Certificates


def _certificate_kind(making: Making) -> None:
    """A certificate is either ordered from Let's Encrypt for domains, or one's own with its key."""
    if making.inputs.get("type") is UNKNOWN:
        return
    kind = making.get("type", "custom")
    needed, barred = (
        (("domains",), ("privateKey", "leafCertificate")) if kind == "lets_encrypt" else (("privateKey", "leafCertificate"), ("domains",))
    )
    for key in needed:
        if not given(making.inputs, key):
            raise unprocessable(f"{key} is required for a certificate of type {kind}", key)
    for key in barred:
        if making.inputs.get(key):
            raise unprocessable(f"{key} is not for a certificate of type {kind}", key)
    for key in ("privateKey", "leafCertificate", "certificateChain"):
        for where, text in known(making, key):
            if not str(text).lstrip().startswith("-----BEGIN "):
                raise unprocessable(f"{key} is not in PEM form", where)


CERTIFICATE = resource(
    "certificate",
    id=input_id("name"),
    outputs=lambda making: {
        "uuid": kept(making, "uuid", lambda: made_up_uuid("certificate", making.id, making.world.number("certificates"))),
        "state": "verified",
        "notAfter": "2036-01-01T00:00:00Z",
        "sha1Fingerprint": made_up_uuid("fingerprint", making.id).replace("-", ""),
        "domains": making.get("domains", []),
    },
    defaults={"type": "custom"},
    enums={"type": ("custom", "lets_encrypt")},
    limits={"name": NOT_EMPTY},
    checks=(_certificate_kind,),
)

TYPES = (LOAD_BALANCER, CERTIFICATE)
