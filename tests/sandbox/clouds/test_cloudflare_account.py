"""The stand-in Cloudflare: tokens, notifications and tunnels of the account."""

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
