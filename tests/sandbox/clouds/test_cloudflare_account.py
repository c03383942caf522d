"""The stand-in Cloudflare: tokens, notifications and tunnels of the account."""

import base64
import json
from typing import Any

import pytest

from sandbox.clouds.cloudflare.common import ACCOUNT
from sandbox.rules import Refused
from tests.sandbox.clouds.cloudflare import Cloudflare


def test_a_tokens_value_is_secret_and_stays(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("apiToken")
    assert ("value",) in made.secrets and len(made.outputs["value"]) == 40
    assert cloudflare.change("apiToken", made, name="other").outputs["value"] == made.outputs["value"]


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("apiToken", {"policies": []}, "policies: a token needs at least one policy"),
        ("apiToken", {"policies": [{"effect": "allow", "permissionGroups": [], "resources": "{}"}]}, "needs at least one permission group"),
        (
            "apiToken",
            {"policies": [{"effect": "allow", "permissionGroups": [{"id": "a"}], "resources": "zone"}]},
            "policies[0].resources: resources is not a JSON object",
        ),
        (
            "apiToken",
            {"policies": [{"effect": "maybe", "permissionGroups": [{"id": "a"}], "resources": '{"a": "*"}'}]},
            "policies[0].effect: expected one of",
        ),
        ("notificationPolicy", {"mechanisms": {}}, "mechanisms: a notification policy needs at least one mechanism"),
        ("notificationPolicy", {"mechanisms": {"emails": [{"id": "ops"}]}}, "mechanisms.emails[0].id: ops is not an e-mail address"),
        ("notificationPolicy", {"alertType": "health"}, "alertType: expected one of"),
        ("notificationPolicy", {"mechanisms": {"webhooks": [{"id": "0" * 32}]}}, f"webhook {'0' * 32} not found"),
        ("zeroTrustTunnelCloudflared", {"tunnelSecret": "short"}, "tunnelSecret: tunnel_secret must be at least 32 bytes in base64"),
        ("zeroTrustTunnelCloudflared", {"configSrc": "git"}, "configSrc: expected one of"),
        ("zeroTrustTunnelCloudflaredConfig", {"tunnelId": "x"}, "tunnel x not found"),
        (
            "zeroTrustTunnelCloudflaredConfig",
            {"tunnelId": "x", "config": {"ingresses": [{"hostname": "a.example.com", "service": "http://localhost"}]}},
            "config.ingresses[0]: the last ingress rule must match all requests",
        ),
    ],
)
def test_wrong_things_of_the_account_are_refused(cloudflare: Cloudflare, name: str, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses(name, **changes)


def test_a_tunnel_waits_for_its_connector(cloudflare: Cloudflare) -> None:
    tunnel = cloudflare.make("zeroTrustTunnelCloudflared")
    assert tunnel.outputs.items() >= {"accountTag": ACCOUNT, "status": "inactive", "remoteConfig": True, "connections": []}.items()
    assert "you already have a tunnel with this name" in cloudflare.refuses("zeroTrustTunnelCloudflared")
    config = cloudflare.make(
        "zeroTrustTunnelCloudflaredConfig", tunnelId=tunnel.id, config={"ingresses": [{"service": "http://localhost:80"}]}
    )
    again = cloudflare.change("zeroTrustTunnelCloudflaredConfig", config, config={"ingresses": [{"service": "http://localhost:81"}]})
    assert (config.outputs["version"], again.outputs["version"]) == (1, 2)
    route = cloudflare.make("zeroTrustTunnelCloudflaredRoute", accountId=ACCOUNT, tunnelId=tunnel.id, network="10.0.0.0/8")
    with pytest.raises(Refused, match="has a route"):
        cloudflare.remove("zeroTrustTunnelCloudflared", tunnel)
    cloudflare.remove("zeroTrustTunnelCloudflaredRoute", route)
    cloudflare.remove("zeroTrustTunnelCloudflared", tunnel)


def test_the_token_of_a_tunnel_is_the_same_until_its_secret_is_another(cloudflare: Cloudflare) -> None:
    """As a connector reads it: base64 of JSON with the account, the tunnel and its secret."""
    tunnel = cloudflare.make("zeroTrustTunnelCloudflared")
    asked = {"accountId": ACCOUNT, "tunnelId": tunnel.id}
    token = cloudflare.ask("getZeroTrustTunnelCloudflaredToken", **asked)["token"]
    content = json.loads(base64.b64decode(token))
    assert (content["a"], content["t"], len(base64.b64decode(content["s"]))) == (ACCOUNT, tunnel.id, 32)
    assert cloudflare.ask("getZeroTrustTunnelCloudflaredToken", **asked)["token"] == token
    secret = base64.b64encode(b"x" * 32).decode()
    cloudflare.change("zeroTrustTunnelCloudflared", tunnel, tunnelSecret=secret)
    other = cloudflare.ask("getZeroTrustTunnelCloudflaredToken", **asked)["token"]
    assert json.loads(base64.b64decode(other))["s"] == secret
    cloudflare.remove("zeroTrustTunnelCloudflared", tunnel)
    with pytest.raises(Refused, match=f"tunnel {tunnel.id} not found"):
        cloudflare.ask("getZeroTrustTunnelCloudflaredToken", **asked)


def test_tunnels_are_found_by_how_their_names_begin(cloudflare: Cloudflare) -> None:
    made = {name: cloudflare.make("zeroTrustTunnelCloudflared", name=name).id for name in ("site-dev-front", "site-production-front")}
    found = cloudflare.ask("getZeroTrustTunnelCloudflareds", accountId=ACCOUNT, includePrefix="site-dev-", isDeleted=False)["results"]
    assert [(tunnel["id"], tunnel["name"]) for tunnel in found] == [(made["site-dev-front"], "site-dev-front")]
    assert len(cloudflare.ask("getZeroTrustTunnelCloudflareds", accountId=ACCOUNT)["results"]) == 2
    assert cloudflare.ask("getZeroTrustTunnelCloudflareds", accountId=ACCOUNT, isDeleted=True)["results"] == []


@pytest.mark.parametrize("service", ["http://localhost:80", "https://10.0.0.1", "http_status:404", "hello_world", "unix:/run/site.sock"])
def test_services_of_a_tunnel(cloudflare: Cloudflare, service: str) -> None:
    tunnel = cloudflare.make("zeroTrustTunnelCloudflared")
    cloudflare.make("zeroTrustTunnelCloudflaredConfig", tunnelId=tunnel.id, config={"ingresses": [{"service": service}]})


def test_a_service_without_a_protocol_is_refused(cloudflare: Cloudflare) -> None:
    tunnel = cloudflare.make("zeroTrustTunnelCloudflared")
    config = {"ingresses": [{"service": "localhost:80"}]}
    refused = cloudflare.refuses("zeroTrustTunnelCloudflaredConfig", tunnelId=tunnel.id, config=config)
    assert refused.startswith("config.ingresses[0].service: ") and "http://localhost:80" in refused
