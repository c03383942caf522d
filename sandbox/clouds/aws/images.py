"""Machine images and instance types."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.rules import Refused, World

from .places import digest


@dataclass(frozen=True, kw_only=True)
class Image:
    """A public image in one region."""

    id: str
    name: str
    owner: str
    alias: str
    architecture: str
    """`x86_64` or `arm64`."""
    root_device: str
    created: str
    description: str
    size: int
    """Of its disk in GB."""


_OWNERS = {"debian": ("136693071363", ""), "ubuntu": ("099720109477", ""), "amazon": ("137112412989", "amazon")}
_KERNEL = "kernel-6.1"
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}


def _catalogue() -> Iterator[tuple[str, str, str, str, str, int]]:
    """Owner, name, architecture, root device, day and disk of every image there is."""
    for major, days in {11: ("20240717", "20250703"), 12: ("20250316", "20250703", "20250814"), 13: ("20250814",)}.items():
        for day in days:
            for own, architecture in _ARCHITECTURES.items():
                yield "debian", f"debian-{major}-{own}-{day}-{1700 + int(day) % 97}", architecture, "/dev/xvda", day, 8
    for codename, number, day in (("jammy", "22.04", "20250712"), ("noble", "24.04", "20250610"), ("noble", "24.04", "20250712")):
        disk = "hvm-ssd-gp3" if codename == "noble" else "hvm-ssd"
        for own, architecture in _ARCHITECTURES.items():
            yield "ubuntu", f"ubuntu/images/{disk}/ubuntu-{codename}-{number}-{own}-server-{day}", architecture, "/dev/sda1", day, 8
    for version, day in (("2023.7.20250609.0", "20250609"), ("2023.8.20250808.1", "20250808")):
        for architecture in _ARCHITECTURES.values():
            yield "amazon", f"al2023-ami-{version}-{_KERNEL}-{architecture}", architecture, "/dev/xvda", day, 8


def images(region: str) -> list[Image]:
    """The public images of a region. Each region has ids of its own."""
    return [
        Image(
            id=f"ami-0{digest('ami', region, name)[:16]}",
            name=name,
            owner=_OWNERS[who][0],
            alias=_OWNERS[who][1],
            architecture=architecture,
            root_device=device,
            created=f"{day[:4]}-{day[4:6]}-{day[6:]}T12:00:00.000Z",
            description=name.rsplit("/", 1)[-1],
            size=size,
        )
        for who, name, architecture, device, day, size in _catalogue()
    ]


def image(region: str, id: str) -> Image | None:
    """The public image with an id in a region."""
    return next((one for one in images(region) if one.id == id), None)


def refuse_missing_image(world: World, region: str, id: str, words: str, property: str) -> Image | None:
    """The image with an id; None for one that a person said is there.

    Raises:
        Refused: There is no such image in the region.
    """
    found = image(region, id)
    if found is None and id not in world.fixtures("images") and world.one("aws:ec2/ami:Ami", id) is None:
        hint = f"if your account has it in {region}, `python -m sandbox fixture add aws images {id}` adds it"
        raise Refused(f"{words}; {hint}", property=property)
    return found


# Instance types: https://docs.aws.amazon.com/ec2/latest/instancetypes/

_BURSTING = "nano micro small medium large xlarge 2xlarge"
_STEPS = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"
_GRAVITON = "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal"
_FAMILIES = {
    "t2 t3 t3a t4g": _BURSTING,
    "m5 m5d r5 r5d": f"{_STEPS} metal",
    "m5a r5a": _STEPS,
    "m5n r5n": f"{_STEPS} metal",
    "m6i m6id r6i r6id c6i c6id": f"{_STEPS} 32xlarge metal",
    "m6a r6a c6a": f"{_STEPS} 32xlarge 48xlarge metal",
    "m6g m6gd r6g r6gd c6g c6gd": _GRAVITON,
    "c6gn": "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "m7i r7i c7i": f"{_STEPS} 48xlarge metal-24xl metal-48xl",
    "m7i-flex": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "c7i-flex": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "m7a r7a c7a": f"medium {_STEPS} 32xlarge 48xlarge metal-48xl",
    "m7g m7gd r7g r7gd c7g c7gd": _GRAVITON,
    "m8g r8g c8g": "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl",
    "c5 c5d": "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal",
    "c5a": _STEPS,
    "a1": "medium large xlarge 2xlarge 4xlarge metal",
}
INSTANCE_TYPES = {family: frozenset(sizes.split()) for families, sizes in _FAMILIES.items() for family in families.split()}
"""The sizes of the common families. Of other families the form alone is checked."""

_CLASSES = {
    "db.t3": "micro small medium large xlarge 2xlarge",
    "db.t4g": "micro small medium large xlarge 2xlarge",
    "db.m5 db.r5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
    "db.m5d db.r5d": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
    "db.m6i db.r6i db.m6id db.r6id": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
    "db.m6g db.r6g db.m6gd db.r6gd db.m7g db.r7g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "db.m7i db.r7i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
    "db.m8g db.r8g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
}
DATABASE_CLASSES = {family: frozenset(sizes.split()) for families, sizes in _CLASSES.items() for family in families.split()}
"""RDS's instance classes: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html."""

_FORM = re.compile(r"[a-z]{1,3}\d[a-z0-9]*(-[a-z0-9]+)*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)")


def instance_type_exists(name: str) -> bool:
    """Whether EC2 has an instance type."""
    family, _, size = name.partition(".")
    return size in INSTANCE_TYPES[family] if family in INSTANCE_TYPES else bool(_FORM.fullmatch(name))


def database_class_exists(name: str) -> bool:
    """Whether RDS has an instance class."""
    family, _, size = name.rpartition(".")
    if family in DATABASE_CLASSES:
        return size in DATABASE_CLASSES[family]
    return name.startswith("db.") and family not in ("db.t1", "db.m1", "db.m2") and bool(_FORM.fullmatch(name.removeprefix("db.")))


def architecture(instance_type: str) -> str:
    """The processor of an instance type: Graviton's generation number is followed by a `g`."""
    return "arm64" if re.match(r"(a1|[a-z]+\d+g[a-z]*)[.-]", instance_type) else "x86_64"
