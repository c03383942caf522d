"""What belongs to an account: tokens, tunnels.

Sources: https://developers.cloudflare.com/fundamentals/api/get-started/create-token/ and
https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/
"""

import base64
import binascii
import hashlib
import ipaddress
import json
import secrets
from typing import Any

from ...rules import Asking, Limit, Making, Record, Reference, Refused, Unique, Values, World
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


def _unused(record: Record, world: World) -> None:
    """No connector runs here: `python -m sandbox set TUNNEL 'connections=[{"coloName": "fra01"}]'` says that one does."""
    if record.outputs.get("connections"):
        raise Refused("cannot delete tunnel because it has active connections (1022)")


tunnel = in_account(
    "zeroTrustTunnelCloudflared",
    id=uuid_id,
    replaces={"configSrc"},
    enums={"configSrc": ("local", "cloudflare")},
    limits={"name": Limit(min_length=1, by="api")},
    outputs=_tunnel_outputs,
    secrets={"tunnelSecret"},
    before_delete=(_unused,),
    unique=(Unique(paths=("accountId", "name"), within="account", message="you already have a tunnel with this name: {value} (1013)"),),
    checks=(_secret,),
)


def tunnel_token(asking: Asking) -> Values:
    """What a connector of a tunnel shows: who it is, and its secret; the same at every look-up, until the secret is another.

    Source: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/remote-tunnel-permissions/
    """
    id = str(asking.args.get("tunnelId", ""))
    found = asking.world.one(TUNNEL, id)
    if found is None or asking.args.get("accountId") != asking.scope.account:
        raise Refused(f"tunnel {id} not found", property="tunnelId")
    made_up = base64.b64encode(hashlib.sha256(f"{asking.scope.account}/{id}".encode()).digest()).decode()
    content = {"a": asking.scope.account, "t": id, "s": found.inputs.get("tunnelSecret", made_up)}
    return {"token": base64.b64encode(json.dumps(content).encode()).decode()}


def _ingress(making: Making) -> None:
    rules = known_items(making, "config.ingresses")
    if rules and len(rules) == len(making.get("config.ingresses", [])) and (rules[-1].get("hostname") or rules[-1].get("path")):
        raise Refused(
            "the last ingress rule must match all requests, without hostname and path (1056)",
            property=f"config.ingresses[{len(rules) - 1}]",
        )


def _of_tunnel(making: Making) -> str:
    """The tunnel's id; for a second configuration of the same tunnel, which Cloudflare does not refuse, one of its own."""
    id = str(making.get("tunnelId", ""))
    return id if id and making.world.one(making.token, id) is None else uuid_id(making)


tunnel_config = in_account(
    "zeroTrustTunnelCloudflaredConfig",
    id=_of_tunnel,
    replaces={"tunnelId"},
    enums={"source": ("local", "cloudflare")},
    limits={
        "config.ingresses[*].service": Limit(
            pattern=r"(https?|tcp|ssh|rdp|smb)://[^\s/]+(/.*)?|unix(\+tls)?:.+|http_status:[1-5]\d\d|hello_world|bastion|socks-proxy",
            says="a service such as http://localhost:80 or http_status:404",
            by="api",
        )
    },
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
