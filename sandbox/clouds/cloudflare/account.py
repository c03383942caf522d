"""What belongs to an account: tokens, tunnels.

Sources: https://developers.cloudflare.com/fundamentals/api/get-started/create-token/ and
https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/
"""

import base64
import binascii
import ipaddress
import json
import secrets
from typing import Any

from ...rules import Limit, Making, Reference, Refused, Unique, Values
from .common import hex_id, in_account, known_items, make, uuid_id

TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
DEFAULT_NETWORK = "f70ff985-a4ef-4643-bbbc-4a0ed4fc8415"
"""The virtual network that every account has."""


# --- tokens --------------------------------------------------------------------------------------------------------------


def _policies(making: Making) -> None:
    policies = making.get("policies")
    if policies == []:
        raise Refused("a token needs at least one policy", property="policies")
    for index, policy in enumerate(known_items(making, "policies")):
        path, resources = f"policies[{index}]", policy.get("resources")
        if policy.get("permissionGroups") == []:
            raise Refused("a policy needs at least one permission group", property=f"{path}.permissionGroups")
        if isinstance(resources, str):
            try:
                right = isinstance(json.loads(resources), dict) and json.loads(resources) != {}
            except ValueError:
                right = False
            if not right:
                raise Refused("resources is not a JSON object of resources", property=f"{path}.resources")


def _token_outputs(making: Making) -> Values:
    value = making.old.outputs["value"] if making.old else secrets.token_urlsafe(30)
    return {"value": value, "lastUsedOn": "", **dict.fromkeys(("creatorEmailAtCreation", "provisionerId", "provisionerType"), "")}


_TOKEN: dict[str, Any] = {
    "enums": {"status": ("active", "disabled", "expired"), "policies[*].effect": ("allow", "deny")},
    "limits": {"name": Limit(min_length=1, max_length=120, by="api")},
    "defaults": {"status": "active"},
    "outputs": _token_outputs,
    "secrets": {"value"},
    "checks": (_policies,),
}


# --- tunnels -------------------------------------------------------------------------------------------------------------


def _secret(making: Making) -> None:
    given = making.get("tunnelSecret")
    if given is None:
        return
    try:
        right = len(base64.b64decode(given, validate=True)) >= 32
    except (binascii.Error, ValueError):
        right = False
    if not right:
        raise Refused("tunnel_secret must be at least 32 bytes in base64", property="tunnelSecret")


def _tunnel_outputs(making: Making) -> Values:
    source = making.get("configSrc", "local")
    return {
        "accountTag": making.scope.account,
        "configSrc": source,
        "remoteConfig": source == "cloudflare",
        "connections": [],
        "status": "inactive",
        "tunType": "cfd_tunnel",
        "metadata": "{}",
    }


tunnel = in_account(
    "zeroTrustTunnelCloudflared",
    id=uuid_id,
    replaces={"configSrc"},
    enums={"configSrc": ("local", "cloudflare")},
    limits={"name": Limit(min_length=1, by="api")},
    outputs=_tunnel_outputs,
    secrets={"tunnelSecret"},
    unique=(Unique(paths=("accountId", "name"), within="account", message="you already have a tunnel with this name: {value} (1013)"),),
    checks=(_secret,),
)


def _ingress(making: Making) -> None:
    rules = known_items(making, "config.ingresses")
    if rules and len(rules) == len(making.get("config.ingresses", [])) and (rules[-1].get("hostname") or rules[-1].get("path")):
        raise Refused(
            "the last ingress rule must match all requests, without hostname and path (1056)",
            property=f"config.ingresses[{len(rules) - 1}]",
        )


tunnel_config = in_account(
    "zeroTrustTunnelCloudflaredConfig",
    replaces={"tunnelId"},
    enums={"source": ("local", "cloudflare")},
    defaults={"source": "cloudflare"},
    outputs=lambda making: {"version": making.old.outputs["version"] + 1 if making.old else 1},
    volatile={"version"},
    references=(Reference(path="tunnelId", to=(TUNNEL,), holds=False, missing="tunnel {value} not found"),),
    checks=(_ingress,),
)


def _network(making: Making) -> None:
    network = making.get("network")
    try:
        ipaddress.ip_network(network or "10.0.0.0/8")
    except ValueError:
        raise Refused(f"{network} is not a network in CIDR form", property="network") from None


tunnel_route = in_account(
    "zeroTrustTunnelCloudflaredRoute",
    id=uuid_id,
    defaults={"comment": ""},
    references=(
        Reference(path="tunnelId", to=(TUNNEL,), missing="tunnel {value} not found", in_use="tunnel {target} has a route, {user} (1023)"),
    ),
    unique=(Unique(paths=("network", "virtualNetworkId"), within="account", message="you already have a route for {value}"),),
    outputs=lambda making: {"virtualNetworkId": making.get("virtualNetworkId", DEFAULT_NETWORK)},
    checks=(_network,),
)

TYPES = (
    make("apiToken", id=hex_id, **_TOKEN),
    in_account("accountToken", **_TOKEN),
    tunnel,
    tunnel_config,
    tunnel_route,
)
