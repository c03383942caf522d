"""Target proxies, their certificates, and the forwarding rules that lead to them."""

import re

from sandbox.rules import UNKNOWN, Limit, Making, Record, Refused, Values

from ..shared import known
from .tokens import (
    ADDRESS,
    BACKEND,
    CERTIFICATE,
    GLOBAL_ADDRESS,
    HTTP_PROXY,
    HTTPS_PROXY,
    MANAGED_CERTIFICATE,
    NETWORK,
    SSL_POLICY,
    SUBNETWORK,
    URL_MAP,
)
from .words import NAME, compute, find, invalid, names, public_address, uses


def _rule_outputs(making: Making) -> Values:
    if making.get("ipAddress"):
        named = next((found for token in (GLOBAL_ADDRESS, ADDRESS) if (found := find(making.world, token, making.get("ipAddress")))), None)
        return {"ipAddress": named.outputs["address"]} if named else {}
    return {} if making.old else {"ipAddress": public_address(making)}


def _rule_port(making: Making) -> None:
    wanted = making.get("portRange")
    matched = re.fullmatch(r"(\d+)(?:-(\d+))?", str(wanted)) if wanted is not None else None
    if wanted is not None and not (matched and 1 <= int(matched[1]) <= int(matched[2] or matched[1]) <= 65535):
        raise invalid("portRange", wanted, "Must be a port, or a range like 80-80.")


def _proxies_take_one_port(making: Making) -> None:
    """A global rule takes one port for a proxy: https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts#port_specifications."""
    wanted, target = making.get("portRange"), str(making.get("target", ""))
    if wanted is None and "/targetHttp" in target:
        raise invalid("portRange", "", "A port is required for the target.")
    first, _, last = str(wanted).partition("-")
    if "/targetHttp" in target and last and first != last:
        raise invalid("portRange", wanted, "The target takes one port alone.")


def _free_address(making: Making) -> None:
    """One address serves one rule for each port and protocol."""
    wanted = making.get("ipAddress")
    if not wanted:
        return
    address = _rule_outputs(making).get("ipAddress", wanted)
    for other in making.world.all(making.token):
        same = all(other.outputs.get(name) == making.get(name) for name in ("portRange", "ipProtocol"))
        if other.id != making.id and same and other.outputs.get("ipAddress") == address:
            raise invalid("IPAddress", wanted, f"Specified IP address is in-use and would result in a conflict with '{other.id}'.")


def _same_scheme(making: Making) -> None:
    """Refuses a rule whose scheme is not that of the backend service at the end of its chain."""
    proxy = next((found for token in (HTTP_PROXY, HTTPS_PROXY) if (found := find(making.world, token, making.get("target")))), None)
    url_map = proxy and find(making.world, URL_MAP, proxy.inputs.get("urlMap"))
    backend: Record | None = find(making.world, BACKEND, url_map.inputs.get("defaultService")) if url_map else None
    ours = making.get("loadBalancingScheme", "EXTERNAL_MANAGED")
    theirs = backend.outputs.get("loadBalancingScheme", "EXTERNAL_MANAGED") if backend else ours
    if ours != theirs:
        raise invalid(
            "target", making.get("target"), f"The backend service's load balancing scheme, {theirs}, does not match the rule's, {ours}."
        )


def _certified(making: Making) -> None:
    """https://cloud.google.com/load-balancing/docs/target-proxies#https-ssl-proxy"""
    given = ("sslCertificates", "certificateManagerCertificates", "certificateMap")
    if not any(making.inputs.get(name) or making.inputs.get(name) is UNKNOWN for name in given):
        raise invalid("sslCertificates", "", "At least one certificate is required.")


def _in_pem(making: Making) -> None:
    """No value is shown: one of them is a key."""
    for path, label in (("certificate", "CERTIFICATE"), ("privateKey", "PRIVATE KEY")):
        for where, text in known(making, path):
            if not re.match(rf"\s*-----BEGIN ([A-Z]+ )?{label}-----\s", str(text)):
                raise Refused(
                    f"googleapi: Error 400: The SSL {label.lower()} could not be parsed., sslCertificateCouldNotParse", property=where
                )


def _profile_fits(making: Making) -> None:
    """https://cloud.google.com/load-balancing/docs/ssl-policies-concepts#defining_an_ssl_policy"""
    profile, features = making.get("profile", "COMPATIBLE"), making.inputs.get("customFeatures")
    if making.inputs.get("profile") is UNKNOWN:
        return
    if (profile == "CUSTOM") != bool(features or features is UNKNOWN):
        wrong = "Error in SSL Policy: Profile must be set to CUSTOM if customFeatures are set, and only then"
        raise Refused(wrong, property="customFeatures", by="provider")
    if making.get("minTlsVersion") == "TLS_1_3" and profile != "RESTRICTED":
        raise invalid("minTlsVersion", "TLS_1_3", "TLS_1_3 needs the RESTRICTED profile.")
    if profile == "FIPS_202205" and making.get("minTlsVersion", "TLS_1_0") != "TLS_1_2":
        raise invalid("minTlsVersion", making.get("minTlsVersion"), "The profile FIPS_202205 needs TLS_1_2.")


TYPES = (
    compute(
        HTTP_PROXY,
        "targetHttpProxies",
        "global",
        replaces=frozenset(names("description httpKeepAliveTimeoutSec name project proxyBind")),
        limits={"httpKeepAliveTimeoutSec": Limit(minimum=5, maximum=1200, by="api")},
        keeps=frozenset(names("project proxyBind")),
        references=(uses("urlMap", URL_MAP),),
    ),
    compute(
        HTTPS_PROXY,
        "targetHttpsProxies",
        "global",
        replaces=frozenset(names("description httpKeepAliveTimeoutSec name project proxyBind tlsEarlyData")),
        enums={"quicOverride": names("NONE ENABLE DISABLE"), "tlsEarlyData": names("STRICT PERMISSIVE UNRESTRICTED DISABLED")},
        conflicts=(names("certificateManagerCertificates sslCertificates"),),
        defaults={"quicOverride": "NONE"},
        keeps=frozenset(names("project proxyBind tlsEarlyData")),
        references=(uses("urlMap", URL_MAP), uses("sslCertificates", CERTIFICATE, MANAGED_CERTIFICATE), uses("sslPolicy", SSL_POLICY)),
        checks=(_certified,),
    ),
    compute(
        SSL_POLICY,
        "sslPolicies",
        "global",
        replaces=frozenset(names("description name project")),
        enums={
            "minTlsVersion": names("TLS_1_0 TLS_1_1 TLS_1_2 TLS_1_3"),
            "postQuantumKeyExchange": names("DEFAULT ENABLED DEFERRED"),
            "profile": names("COMPATIBLE MODERN RESTRICTED CUSTOM FIPS_202205"),
        },
        defaults={"minTlsVersion": "TLS_1_0", "profile": "COMPATIBLE"},
        keeps=frozenset(names("postQuantumKeyExchange project")),
        sets=frozenset(names("customFeatures")),
        checks=(_profile_fits,),
    ),
    compute(
        CERTIFICATE,
        "sslCertificates",
        "global",
        name=NAME,
        replaces=frozenset(names("certificate description name namePrefix privateKey privateKeyWoVersion project")),
        limits={"namePrefix": Limit(max_length=54)},
        conflicts=(names("name namePrefix"),),
        exactly_one_of=(names("privateKey privateKeyWo"),),
        required_with={"privateKeyWo": ("privateKeyWoVersion",), "privateKeyWoVersion": ("privateKeyWo",)},
        keeps=frozenset(names("name namePrefix project")),
        checks=(_in_pem,),
    ),
    compute(
        MANAGED_CERTIFICATE,
        "sslCertificates",
        "global",
        replaces=frozenset(names("description managed name project type")),
        enums={"type": ("MANAGED",)},
        limits={"managed.domains": Limit(max_items=100)},
        defaults={"type": "MANAGED"},
        keeps=frozenset(names("project")),
    ),
    compute(
        "gcp:compute/globalForwardingRule:GlobalForwardingRule",
        "forwardingRules",
        "global",
        replaces=frozenset(
            names(
                "allowPscGlobalAccess description ipAddress ipProtocol ipVersion metadataFilters name network networkTier "
                "noAutomateDnsZone portRange project serviceDirectoryRegistrations sourceIpRanges subnetwork"
            )
        ),
        enums={
            "externalManagedBackendBucketMigrationState": names("PREPARE TEST_BY_PERCENTAGE TEST_ALL_TRAFFIC"),
            "ipProtocol": names("TCP UDP ESP AH SCTP ICMP"),
            "ipVersion": names("IPV4 IPV6"),
            "loadBalancingScheme": names("EXTERNAL EXTERNAL_MANAGED INTERNAL_MANAGED INTERNAL_SELF_MANAGED"),
            "metadataFilters[*].filterMatchCriteria": names("MATCH_ANY MATCH_ALL"),
            "networkTier": names("PREMIUM STANDARD"),
        },
        limits={"metadataFilters[*].filterLabels": Limit(min_items=1, max_items=64)},
        defaults={"loadBalancingScheme": "EXTERNAL_MANAGED", "ipProtocol": "TCP", "networkTier": "PREMIUM"},
        keeps=frozenset(names("ipAddress ipProtocol network networkTier project subnetwork")),
        references=(
            uses("target", HTTP_PROXY, HTTPS_PROXY),
            uses("ipAddress", GLOBAL_ADDRESS, by=("address", "id", "selfLink", "name")),
        ),
        checks=(_rule_port, _proxies_take_one_port),
        before_create=(_free_address, _same_scheme),
        outputs=_rule_outputs,
    ),
    compute(
        "gcp:compute/forwardingRule:ForwardingRule",
        "forwardingRules",
        "regions",
        replaces=frozenset(
            names(
                "allPorts backendService description ipAddress ipCollection ipProtocol ipVersion isMirroringCollector loadBalancingScheme "
                "name network networkTier noAutomateDnsZone portRange ports project region serviceDirectoryRegistrations serviceLabel "
                "sourceIpRanges subnetwork"
            )
        ),
        replaces_when={
            "allowGlobalAccess": lambda old, new: new.get("loadBalancingScheme") == "INTERNAL_MANAGED",
            "target": lambda old, new: all("/serviceAttachments/" in str(values.get("target")) for values in (old, new)),
        },
        enums={
            "ipProtocol": names("TCP UDP ESP AH SCTP ICMP L3_DEFAULT"),
            "ipVersion": names("IPV4 IPV6"),
            "loadBalancingScheme": names("EXTERNAL EXTERNAL_MANAGED INTERNAL INTERNAL_MANAGED"),
            "networkTier": names("PREMIUM STANDARD"),
        },
        limits={"ports": Limit(max_items=5), "serviceLabel": NAME},
        defaults={"loadBalancingScheme": "EXTERNAL", "recreateClosedPsc": False},
        keeps=frozenset(names("ipAddress ipProtocol network networkTier project region subnetwork")),
        references=(
            uses("network", NETWORK),
            uses("subnetwork", SUBNETWORK),
            uses("ipAddress", ADDRESS, by=("address", "id", "selfLink", "name")),
        ),
        checks=(_rule_port,),
        outputs=_rule_outputs,
    ),
)
