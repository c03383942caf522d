"""The stand-in for Google Cloud: backends, health checks, rules and whom Cloud Armor lets in."""

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.gcp import (
    ADDRESS,
    BACKEND,
    CERTIFICATE,
    CHECK,
    HTTPS_PROXY,
    POLICY,
    PROXY,
    RULE,
    SSL_POLICY,
    URL_MAP,
    Google,
)

PEM = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nYQ==\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (CHECK, {}, "one of 'grpcHealthCheck'.* must be given"),
        (CHECK, {"tcpHealthCheck": {"port": 80}, "checkIntervalSec": 5, "timeoutSec": 6}, "timeoutSec: .*not be longer"),
        (CHECK, {"httpHealthCheck": {"port": 80, "requestPath": "healthz"}}, "httpHealthCheck.requestPath: .*begin with a slash"),
        (CHECK, {"httpHealthCheck": {"port": 80, "portSpecification": "USE_SERVING_PORT"}}, "Must not specify port.*by the provider"),
        (CHECK, {"tcpHealthCheck": {"port": 70000}}, "tcpHealthCheck.port: "),
        (BACKEND, {"loadBalancingScheme": "PUBLIC"}, "loadBalancingScheme: expected one of"),
        (BACKEND, {"backends": [{"group": "x/instanceGroups/g"}]}, "healthChecks: .*needs a health check"),
        (BACKEND, {"backends": [{"group": "g", "maxUtilization": 1.5}]}, r"backends\[0\].maxUtilization: .*between 0.0 and 1.0"),
        (URL_MAP, {}, "one of 'defaultRouteAction.weightedBackendServices', 'defaultService', 'defaultUrlRedirect' must be given"),
        (RULE, {"target": "projects/p/global/targetHttpProxies/x"}, "portRange: .*port is required"),
        (RULE, {"target": "projects/p/global/targetHttpProxies/x", "portRange": "80-90"}, "portRange: .*one port alone"),
        (HTTPS_PROXY, {"urlMap": "u"}, "sslCertificates: .*At least one certificate"),
        (CERTIFICATE, {"certificate": "no", "privateKey": KEY}, "certificate: .*could not be parsed"),
        (CERTIFICATE, {"certificate": PEM, "privateKey": PEM}, "privateKey: .*could not be parsed"),
        (SSL_POLICY, {"minTlsVersion": "TLS_1_4"}, "minTlsVersion: expected one of"),
        (SSL_POLICY, {"profile": "CUSTOM"}, "customFeatures: "),
        (SSL_POLICY, {"profile": "MODERN", "customFeatures": ["TLS_AES_128_GCM_SHA256"]}, "customFeatures: "),
        (SSL_POLICY, {"profile": "MODERN", "minTlsVersion": "TLS_1_3"}, "minTlsVersion: .*RESTRICTED"),
        (SSL_POLICY, {"profile": "FIPS_202205"}, "minTlsVersion: .*TLS_1_2"),
        (POLICY, {"rules": [{"action": "allow", "priority": 1, "match": {"versionedExpr": "SRC_IPS_V1"}}]}, "rules: .*default rule"),
    ],
)
def test_inputs_that_are_refused_before_anything_is_made(google: Google, token: str, inputs: Values, message: str) -> None:
    google.refuses(token, inputs, message)


def test_every_address_is_given_once(google: Google) -> None:
    addresses = [google.make(ADDRESS).outputs["address"] for _ in range(300)]
    assert len(set(addresses)) == 300


def test_one_address_serves_one_rule_for_a_port(google: Google) -> None:
    proxy = google.make(PROXY, urlMap=google.make(URL_MAP, defaultService=google.backend().id).id)
    address = google.make(ADDRESS)
    google.make(RULE, target=proxy.id, portRange="80", ipProtocol="TCP", ipAddress=address.outputs["address"])
    with pytest.raises(Refused, match="Specified IP address is in-use and would result in a conflict"):
        google.make(RULE, target=proxy.id, portRange="80", ipProtocol="TCP", ipAddress=address.id)
    google.make(RULE, target=proxy.id, portRange="8080", ipProtocol="TCP", ipAddress=address.id)


def test_a_rule_has_the_scheme_of_its_backend(google: Google) -> None:
    backend = google.backend(loadBalancingScheme="EXTERNAL")
    proxy = google.make(PROXY, urlMap=google.make(URL_MAP, defaultService=backend.id).id)
    with pytest.raises(Refused, match="load balancing scheme, EXTERNAL, does not match the rule's, EXTERNAL_MANAGED"):
        google.make(RULE, target=proxy.id, portRange="80")


def test_a_rule_without_an_address_gets_one(google: Google) -> None:
    proxy = google.make(PROXY, urlMap=google.make(URL_MAP, defaultService=google.backend().id).id)
    rule = google.make(RULE, target=proxy.id, portRange="80")
    assert google.update(RULE, rule, labels={"a": "b"}).outputs["ipAddress"] == rule.outputs["ipAddress"] != ""


def test_a_check_says_what_it_is(google: Google) -> None:
    assert google.make(CHECK, httpHealthCheck={"port": 80}).outputs["type"] == "HTTP"
    assert google.make(CHECK, grpcTlsHealthCheck={"port": 80}).outputs["type"] == "GRPC_WITH_TLS"


def rule(priority: int, ranges: list[str], action: str = "allow") -> Values:
    return {"action": action, "priority": priority, "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ranges}}}


DEFAULT_RULE = rule(2147483647, ["*"], "deny(403)")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([rule(1, ["10.0.0.0/8"] * 11), DEFAULT_RULE], "at most 10"),
        ([rule(1, ["10.0.0.0/33"]), DEFAULT_RULE], r"rules\[0\].match.config.srcIpRanges\[0\]: .*CIDR"),
        ([rule(1, ["*"]), rule(1, ["*"]), DEFAULT_RULE], "Two or more rules have the same priority: 1"),
        ([rule(1, ["*"], "deny(418)"), DEFAULT_RULE], r"rules\[0\].action: "),
    ],
)
def test_rules_that_are_refused(google: Google, rules: list[Values], message: str) -> None:
    google.refuses(POLICY, {"rules": rules}, message)


def test_a_policy_without_rules_admits_everybody(google: Google) -> None:
    assert [given["action"] for given in google.make(POLICY).outputs["rules"]] == ["allow"]


def test_a_certificate_and_a_policy_are_held_by_the_proxy_that_uses_them(google: Google) -> None:
    """The engine's order when a certificate is renewed: the new one, the proxy, the old one."""
    old, new = (google.make(CERTIFICATE, certificate=PEM, privateKey=KEY) for _ in range(2))
    policy = google.make(SSL_POLICY, minTlsVersion="TLS_1_2", profile="MODERN")
    url_map = google.make(URL_MAP, defaultService=google.backend().id)
    proxy = google.make(HTTPS_PROXY, urlMap=url_map.id, sslCertificates=[old.id], sslPolicy=policy.id)
    for token, state in ((CERTIFICATE, old), (SSL_POLICY, policy)):
        with pytest.raises(Refused, match="is already being used by"):
            google.delete(token, state)
    google.update(HTTPS_PROXY, proxy, sslCertificates=[new.id])
    google.delete(CERTIFICATE, old)


def test_a_policys_strictness_changes_in_place_and_a_certificate_never(google: Google) -> None:
    policy = {"minTlsVersion": "TLS_1_1", "profile": "MODERN"}
    assert google.diff(SSL_POLICY, policy, policy | {"minTlsVersion": "TLS_1_2"}) == (True, False)
    certificate = {"certificate": PEM, "privateKey": KEY}
    assert google.diff(CERTIFICATE, certificate, certificate | {"certificate": PEM + PEM}) == (True, True)
