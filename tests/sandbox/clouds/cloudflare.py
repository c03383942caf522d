"""Cloudflare's stand-in for tests, and what tests usually give it."""

import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.clouds import pki
from sandbox.clouds.cloudflare.common import ACCOUNT, zone_id
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import Refused

ZONE = zone_id("example.com")
HEX = re.compile(r"[0-9a-f]{32}")
CSR = pki.sign_request(KEY := ec.generate_private_key(ec.SECP256R1()), pki.Names(hosts=["example.com"]))
USUAL: dict[str, dict[str, Any]] = {
    "loadBalancerMonitor": {"accountId": ACCOUNT, "type": "http", "path": "/healthz", "expectedCodes": "200"},
    "loadBalancerPool": {
        "accountId": ACCOUNT,
        "name": "aws",
        "origins": [{"name": "a", "address": "192.0.2.1"}],
        "checkRegions": ["WEU"],
    },
    "loadBalancer": {"zoneId": ZONE, "name": "www.example.com", "proxied": True},
    "dnsRecord": {"zoneId": ZONE, "name": "www.example.com", "type": "A", "content": "192.0.2.1", "ttl": 1},
    "ruleset": {
        "zoneId": ZONE,
        "kind": "zone",
        "name": "r",
        "phase": "http_request_firewall_custom",
        "rules": [{"action": "block", "expression": '(http.request.uri.path contains "/admin")'}],
    },
    "zone": {"account": {"id": ACCOUNT}, "name": "example.dev"},
    "zoneSetting": {"zoneId": ZONE, "settingId": "ssl", "value": "strict"},
    "originCaCertificate": {"csr": CSR, "hostnames": ["example.com", "*.example.com"], "requestType": "origin-rsa"},
    "notificationPolicy": {
        "accountId": ACCOUNT,
        "name": "n",
        "alertType": "load_balancing_health_alert",
        "mechanisms": {"emails": [{"id": "ops@example.com"}]},
    },
    "apiToken": {
        "name": "t",
        "policies": [
            {"effect": "allow", "permissionGroups": [{"id": "a" * 32}], "resources": '{"com.cloudflare.api.account.zone.*": "*"}'}
        ],
    },
    "zeroTrustTunnelCloudflared": {"accountId": ACCOUNT, "name": "tunnel", "configSrc": "cloudflare"},
    "zeroTrustTunnelCloudflaredConfig": {"accountId": ACCOUNT},
}


class Cloudflare(Lifecycle):
    """The stand-in, with resources by their short names and usual inputs."""

    def token(self, name: str) -> str:
        return f"cloudflare:index/{name}:{name[0].upper()}{name[1:]}"

    def inputs(self, name: str, changes: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**USUAL.get(name, {}), **changes}.items() if value is not None}

    def make(self, name: str, /, **changes: Any) -> State:
        given = self.inputs(name, changes)
        if name == "loadBalancer" and "defaultPools" not in given:
            pool = self.make("loadBalancerPool", name=f"for-{given['name'].replace('.', '-')}").id
            given |= {"defaultPools": [pool], "fallbackPool": pool}
        checked = self.check(self.token(name), "it", given, set())
        assert not checked.failures, checked.failures
        return self.create(self.token(name), "it", checked.inputs, set())

    def change(self, name: str, made: State, /, **changes: Any) -> State:
        given = {key: value for key, value in {**made.inputs, **changes}.items() if value is not None}
        checked = self.check(self.token(name), "it", given, set(), made.inputs)
        assert not checked.failures, checked.failures
        return self.update(self.token(name), "it", made.id, checked.inputs, set())

    def remove(self, name: str, made: State) -> None:
        self.delete(self.token(name), "it", made.id)

    def refuses(self, name: str, /, **changes: Any) -> str:
        """What is said at check time, or else at creation."""
        given = self.inputs(name, changes)
        if name == "loadBalancer" and "defaultPools" not in given:
            pool = self.make("loadBalancerPool", name="for-it").id
            given |= {"defaultPools": [pool], "fallbackPool": pool}
        checked = self.check(self.token(name), "it", given, set())
        if checked.failures:
            return "; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures)
        with pytest.raises(Refused) as refused:
            self.create(self.token(name), "it", checked.inputs, set())
        return refused.value.message

    def replaced(self, name: str, made: State, /, **changes: Any) -> bool:
        checked = self.check(self.token(name), "it", {**made.inputs, **changes}, set(), made.inputs)
        found = self.diff(self.token(name), made.inputs, checked.inputs, made.outputs)
        assert found.changes
        return found.replaces

    def ask(self, name: str, /, **args: Any) -> dict[str, Any]:
        answer, failures = self.invoke(f"cloudflare:index/{name}:{name}", args, set())
        assert not failures, failures
        return answer

    def add_zone(self, name: str, /, **content: Any) -> str:
        with self.store.transaction() as transaction:
            transaction.fix("cloudflare", "zones", name, content)
        return zone_id(name)
