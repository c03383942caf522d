"""The look-ups that the stand-in answers: what exists on DigitalOcean, and what the account holds."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.rules import Asking, Record, Refused, Values

from .catalogue import CLOSED_REGIONS, IMAGES, REGIONS, SIZES
from .words import all_tags, default_vpc, made_up_uuid, nearest, token

Lookup = Callable[[Asking], Values]


def _camel(snake: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), snake)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _matches(item: Values, condition: Values) -> bool:
    """Whether a value fits a filter: any of its words (or with `all`, each), exactly, in part, or as a regular expression."""
    key = _camel(condition["key"])
    if key not in item:
        raise Refused(
            f"'{condition['key']}' is not a key that can be filtered by; {', '.join(sorted(item))} are", property="filters", by="provider"
        )
    own = [_text(value) for value in (item[key] if isinstance(item[key], list) else [item[key]])]
    test: Callable[[str, str], bool] = {
        "exact": lambda have, want: have == want,
        "substring": lambda have, want: want in have,
        "re": lambda have, want: re.search(want, have) is not None,
    }[condition.get("matchBy") or "exact"]
    found = [any(test(have, _text(want)) for have in own) for want in condition["values"]]
    return all(found) if condition.get("all") else any(found)


def _chosen(asking: Asking, items: list[Values]) -> list[Values]:
    """The items that pass all filters, sorted as asked."""
    for condition in asking.args.get("filters") or []:
        items = [item for item in items if _matches(item, condition)]
    for sort in reversed(asking.args.get("sorts") or []):
        items = sorted(items, key=lambda item: item.get(_camel(sort["key"])), reverse=sort.get("direction") == "desc")  # type: ignore[arg-type, return-value]
    return items


def _mine(asking: Asking, name: str) -> list[Record]:
    return [record for record in asking.world.all(token(name)) if record.scope.account == asking.scope.account]


def _one(asking: Asking, name: str, what: str, keys: Mapping[str, str]) -> Record:
    """The one resource that an argument names.

    Args:
        name: The type.
        what: What the message calls it.
        keys: Which output an argument is compared with.
    """
    given = {key: value for key, value in asking.args.items() if key in keys and value is not None}
    if len(given) != 1:
        raise Refused(f"one of {', '.join(keys)} must be given", property=next(iter(keys)), by="provider")
    ((argument, wanted),) = given.items()

    def value(record: Record) -> Any:
        return record.id if keys[argument] == "id" else record.outputs.get(keys[argument])

    found = [
        r for r in _mine(asking, name) if (str(wanted) in (value(r) or []) if keys[argument] == "tags" else str(value(r)) == str(wanted))
    ]
    if len(found) != 1:
        raise Refused(f"404 {len(found) or 'no'} {what} with {argument} {wanted}", property=argument)
    return found[0]


# What exists


def _region(slug: str) -> Values:
    open_ = slug not in CLOSED_REGIONS
    features = ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"]
    return {"slug": slug, "name": REGIONS[slug], "available": open_, "features": features, "sizes": list(SIZES) if open_ else []}


def get_region(asking: Asking) -> Values:
    slug = str(asking.args["slug"]).lower()
    if slug not in REGIONS:
        raise Refused(f"404 region does not exist: {slug}{nearest(slug, REGIONS)}", property="slug")
    return _region(slug)


def get_regions(asking: Asking) -> Values:
    return {"regions": _chosen(asking, [_region(slug) for slug in REGIONS])}


def get_sizes(asking: Asking) -> Values:
    places = [slug for slug in REGIONS if slug not in CLOSED_REGIONS]
    sizes = [
        {
            "slug": slug,
            "available": True,
            "vcpus": size.vcpus,
            "memory": size.memory,
            "disk": size.disk,
            "transfer": float(max(1, size.vcpus)),
            "priceMonthly": float(size.price),
            "priceHourly": round(size.price / 672, 5),
            "regions": places,
        }
        for slug, size in SIZES.items()
    ]
    return {"sizes": _chosen(asking, sizes)}


def _image(slug: str) -> Values:
    number, distribution, name = IMAGES[slug]
    return {
        "id": number,
        "image": slug,
        "slug": slug,
        "name": name,
        "distribution": distribution,
        "type": "snapshot",
        "private": False,
        "status": "available",
        "regions": list(REGIONS),
        "minDiskSize": 7,
        "sizeGigabytes": 0.5,
        "created": "2026-01-15T12:00:00Z",
        "description": f"{distribution} {name}",
        "errorMessage": "",
        "tags": [],
    }


def get_image(asking: Asking) -> Values:
    given = {key: asking.args[key] for key in ("id", "name", "slug") if asking.args.get(key) is not None}
    if len(given) != 1:
        raise Refused("exactly one of id, name or slug must be given", property="slug", by="provider")
    ((key, value),) = given.items()
    found = [image for image in map(_image, IMAGES) if str(image[key]) == str(value)]
    if len(found) != 1:
        raise Refused(
            f"404 {len(found) or 'no'} image with {key} {value}{nearest(str(value), IMAGES) if key == 'slug' else ''}", property=key
        )
    return found[0]


def get_images(asking: Asking) -> Values:
    return {"images": _chosen(asking, [_image(slug) for slug in IMAGES])}


# What the account holds


def get_account(asking: Asking) -> Values:
    return {
        "uuid": asking.scope.account,
        "email": "sandbox@example.com",
        "emailVerified": True,
        "dropletLimit": 1000,
        "floatingIpLimit": 100,
        "status": "active",
        "statusMessage": "",
    }


def _droplet(record: Record) -> Values:
    own = {key: value for key, value in record.outputs.items() if key in _DROPLET_KEYS}
    return {
        **own,
        "id": int(record.id),
        "urn": record.outputs["dropletUrn"],
        "tags": record.outputs.get("tags") or [],
        "gpuPartitionMode": "",
        "ipv6AddressPrivate": "",
    }


_DROPLET_KEYS = (
    *("backups", "createdAt", "disk", "image", "ipv4Address", "ipv4AddressPrivate", "ipv6", "ipv6Address", "locked", "memory"),
    *(
        "monitoring",
        "name",
        "priceHourly",
        "priceMonthly",
        "privateNetworking",
        "region",
        "size",
        "status",
        "vcpus",
        "volumeIds",
        "vpcUuid",
    ),
)


def get_droplet(asking: Asking) -> Values:
    return _droplet(_one(asking, "droplet", "droplet", {"id": "id", "name": "name", "tag": "tags"}))


def get_droplets(asking: Asking) -> Values:
    return {"droplets": _chosen(asking, [_droplet(record) for record in _mine(asking, "droplet")])}


def _tag(name: str, droplets: int) -> Values:
    counts = {"databasesCount": 0, "imagesCount": 0, "volumesCount": 0, "volumeSnapshotsCount": 0}
    return {"name": name, **counts, "dropletsCount": droplets, "totalResourceCount": droplets}


def get_tag(asking: Asking) -> Values:
    tags, name = all_tags(asking.world), asking.args["name"]
    if name not in tags:
        raise Refused(f"404 no tag {name}{nearest(name, tags)}", property="name")
    return {"id": name, **_tag(name, tags[name])}


def get_tags(asking: Asking) -> Values:
    return {"tags": _chosen(asking, [_tag(*item) for item in sorted(all_tags(asking.world).items())])}


def get_load_balancer(asking: Asking) -> Values:
    record = _one(asking, "loadBalancer", "load balancer", {"id": "id", "name": "name"})
    listed = {"healthchecks": "healthcheck", "stickySessions": "stickySessions", "firewalls": "firewall", "glbSettings": "glbSettings"}
    lists = {name: [record.outputs[own]] if record.outputs.get(own) else [] for name, own in listed.items()}
    return {**record.outputs, **lists, "id": record.id, "subnetUuid": "", "domains": record.outputs.get("domains") or []}


def get_vpc(asking: Asking) -> Values:
    if asking.args.get("region") and not asking.args.get("id") and not asking.args.get("name"):
        slug = str(asking.args["region"])
        if slug not in REGIONS:
            raise Refused(f"404 no VPC in {slug}{nearest(slug, REGIONS)}", property="region")
        number, cidr = default_vpc(slug)
        known = {"id": number, "name": f"default-{slug}", "region": slug, "ipRange": cidr, "default": True, "description": ""}
        return {**known, "urn": f"do:vpc:{number}", "createdAt": "2026-01-01T00:00:00Z"}
    record = _one(asking, "vpc", "VPC", {"id": "id", "name": "name"})
    return {"description": "", **record.outputs, "id": record.id, "urn": record.outputs["vpcUrn"]}


def get_firewall(asking: Asking) -> Values:
    record = _one(asking, "firewall", "firewall", {"firewallId": "id"})
    empty: Values = {"dropletIds": [], "tags": [], "inboundRules": [], "outboundRules": []}
    return {**empty, **record.outputs, "id": record.id, "firewallId": record.id}


def _key(record: Record) -> Values:
    return {"id": int(record.id), **{key: record.outputs[key] for key in ("name", "publicKey", "fingerprint")}}


def get_ssh_key(asking: Asking) -> Values:
    return _key(_one(asking, "sshKey", "SSH key", {"name": "name"}))


def get_ssh_keys(asking: Asking) -> Values:
    return {"sshKeys": _chosen(asking, [_key(record) for record in _mine(asking, "sshKey")])}


def get_droplet_autoscale(asking: Asking) -> Values:
    record = _one(asking, "dropletAutoscale", "autoscale pool", {"id": "id", "name": "name"})
    own = {key: record.outputs[key] for key in ("name", "status", "createdAt", "updatedAt", "currentUtilizations")}
    return {**own, "id": record.id, "configs": [record.outputs["config"]], "dropletTemplates": [record.outputs["dropletTemplate"]]}


def get_project(asking: Asking) -> Values:
    if asking.args.get("id") is None and asking.args.get("name") is None:
        return {
            "id": made_up_uuid("default-project"),
            "name": "sandbox",
            "description": "",
            "purpose": "",
            "environment": "",
            "isDefault": True,
            "resources": [],
            "ownerId": 1,
            "ownerUuid": asking.scope.account,
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-01T00:00:00Z",
        }
    record = _one(asking, "project", "project", {"id": "id", "name": "name"})
    return {"description": "", "purpose": "", "environment": "", "isDefault": False, "resources": [], **record.outputs, "id": record.id}


LOOKUPS: Mapping[str, Lookup] = {
    f"digitalocean:index/{name}:{name}": answer
    for name, answer in {
        "getAccount": get_account,
        "getDroplet": get_droplet,
        "getDropletAutoscale": get_droplet_autoscale,
        "getDroplets": get_droplets,
        "getFirewall": get_firewall,
        "getImage": get_image,
        "getImages": get_images,
        "getLoadBalancer": get_load_balancer,
        "getProject": get_project,
        "getRegion": get_region,
        "getRegions": get_regions,
        "getSizes": get_sizes,
        "getSshKey": get_ssh_key,
        "getSshKeys": get_ssh_keys,
        "getTag": get_tag,
        "getTags": get_tags,
        "getVpc": get_vpc,
    }.items()
}
