"""A small cloud for the tests of the sandbox's core: DigitalOcean's SDK with rules of the tests' own."""

from collections.abc import Sequence

from sandbox.rules import Asking, Autoname, Cloud, Limit, Making, Record, Reference, Refused, Scope, Type, Unique, Values, World

VPC = "digitalocean:index/vpc:Vpc"
DROPLET = "digitalocean:index/droplet:Droplet"
BALANCER = "digitalocean:index/loadBalancer:LoadBalancer"
FIREWALL = "digitalocean:index/firewall:Firewall"
CERTIFICATE = "digitalocean:index/certificate:Certificate"
CLUSTER = "digitalocean:index/databaseCluster:DatabaseCluster"
TAG = "digitalocean:index/tag:Tag"
GET_REGION = "digitalocean:index/getRegion:getRegion"


def _scope(configuration: Values) -> Scope:
    if configuration.get("token") == "wrong":
        raise Refused("Unable to authenticate you", property="token")
    return Scope(cloud="digitalocean", account="team")


def _default_id(making: Making) -> str:
    return f"{making.token.rsplit(':', 1)[1].lower()}-{making.world.number(making.token)}"


def _default_outputs(making: Making, names: Sequence[str]) -> Values:
    plausible = {"createdAt": making.now.isoformat(), "vpcUrn": f"do:vpc:{making.id}", "dropletUrn": f"do:droplet:{making.id}"}
    return {name: plausible[name] for name in names if name in plausible}


def _droplet_outputs(making: Making) -> Values:
    if making.old is not None:
        return {"status": "active"}
    return {"ipv4Address": f"203.0.113.{making.world.number('addresses')}", "status": "active"}


def _protected(record: Record, world: World) -> None:
    if "protected" in record.inputs.get("tags", []):
        raise Refused("the droplet is protected")


def _get_region(asking: Asking) -> Values:
    if asking.args.get("slug") not in ("fra1", "nyc3"):
        raise Refused("no such region", property="slug")
    return {"name": "Frankfurt 1", "available": True, "sizes": ["s-1vcpu-1gb"]}


def _no_spaces(making: Making) -> None:
    if " " in making.get("name", ""):
        raise Refused("no spaces please", property="name", by="api")


TYPES = (
    Type(
        token=VPC,
        autoname=Autoname(max_length=40, lowercase=True),
        replaces=frozenset({"region", "ipRange"}),
        keeps=frozenset({"ipRange"}),
        outputs=lambda making: {} if making.old else {"ipRange": making.get("ipRange", f"10.{making.world.number('ranges')}.0.0/16")},
        limits={
            "ipRange": Limit(pattern=r"[\d.]+/\d+", says="a range such as 10.0.0.0/16", by="api"),
            "description": Limit(max_length=20),
        },
        unique=(Unique(paths=("name",), within="account", message="a VPC named {value} already exists"),),
        checks=(_no_spaces,),
    ),
    Type(
        token=DROPLET,
        autoname=Autoname(),
        outputs=_droplet_outputs,
        replaces=frozenset({"image", "userData"}),
        replaces_when={"size": lambda old, new: new.get("resizeDisk") is False},
        sets=frozenset({"tags"}),
        defaults={"monitoring": False, "backupPolicy.hour": 4},
        enums={"region": ("fra1", "nyc3")},
        required=frozenset({"region"}),
        references=(
            Reference(
                path="vpcUuid",
                to=(VPC,),
                missing="VPC {value} does not exist",
                in_use="Can not delete VPC {target} with members such as {user}",
            ),
        ),
        before_delete=(_protected,),
        volatile=frozenset({"status"}),
    ),
    Type(
        token=BALANCER,
        autoname=Autoname(),
        references=(Reference(path="dropletIds[*]", to=(DROPLET,)),),
        exactly_one_of=(("dropletIds", "dropletTag"),),
        limits={
            "forwardingRules[*].entryPort": Limit(minimum=1, maximum=65535, by="api"),
            "forwardingRules": Limit(min_items=1, max_items=2),
        },
        conflicts=(("forwardingRules[*].certificateName", "forwardingRules[*].tlsPassthrough"),),
        required_with={"healthcheck.path": ("healthcheck.checkIntervalSeconds",)},
        replaces=frozenset({"forwardingRules[*].targetProtocol"}),
    ),
    Type(token=CERTIFICATE, autoname=Autoname(), secrets=frozenset({"leafCertificate"})),
    Type(token=FIREWALL, at_least_one_of=(("inboundRules", "outboundRules"),), required=frozenset({"inboundRules[*].portRange"})),
)

CLOUD = Cloud(
    name="digitalocean",
    sdk="pulumi_digitalocean",
    scope=_scope,
    types={rules.token: rules for rules in TYPES},
    lookups={GET_REGION: _get_region},
    default_id=_default_id,
    default_outputs=_default_outputs,
)

if __name__ == "__main__":
    from sandbox.serve import serve

    serve(CLOUD)
