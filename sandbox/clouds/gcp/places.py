"""Regions, zones, machine types and images that exist. Facts of Google Cloud, as of 2026."""

import re

_ZONES = {"us-central1": "abcf", "us-east1": "bcd", "europe-west1": "bcd"}
REGIONS: dict[str, tuple[str, ...]] = {
    region: tuple(f"{region}-{letter}" for letter in _ZONES.get(region, "abc"))
    for region in """
    africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1
    asia-southeast2 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1
    europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2
    me-west1 northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1
    us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4
    """.split()  # noqa: SIM905  a list of 42 lines reads worse
}
"""Zones by region: https://cloud.google.com/compute/docs/regions-zones."""

_MACHINE_TYPES = {
    "a2": r"(highgpu-(1|2|4|8)g|megagpu-16g|ultragpu-(1|2|4|8)g)",
    "a3": r"(highgpu-(1|2|4|8)g|megagpu-8g|ultragpu-8g)",
    "c2": r"standard-(4|8|16|30|60)",
    "c2d": r"(standard|highcpu|highmem)-(2|4|8|16|32|56|112)",
    "c3": r"(standard|highcpu|highmem)-(4|8|22|44|88|176|192-metal)(-lssd)?",
    "c3d": r"(standard|highcpu|highmem)-(4|8|16|30|60|90|180|360)(-lssd)?",
    "c4": r"(standard|highcpu|highmem)-(2|4|8|16|24|32|48|96|144|192|288)(-lssd)?",
    "c4a": r"(standard|highcpu|highmem)-(1|2|4|8|16|32|48|64|72)(-lssd)?",
    "c4d": r"(standard|highcpu|highmem)-(2|4|8|16|32|48|64|96|192|384)(-lssd)?",
    "e2": r"(micro|small|medium|standard-(2|4|8|16|32)|highmem-(2|4|8|16)|highcpu-(2|4|8|16|32)|custom(-(micro|small|medium|\d+))?-\d+)",
    "f1": r"micro",
    "g1": r"small",
    "g2": r"(standard-(4|8|12|16|24|32|48|96)|custom-\d+-\d+)",
    "m1": r"(ultramem-(40|80|160)|megamem-96)",
    "m2": r"(ultramem-(208|416)|megamem-416|hypermem-416)",
    "m3": r"(ultramem-(32|64|128)|megamem-(64|128))",
    "n1": r"(standard-(1|2|4|8|16|32|64|96)|(highmem|highcpu)-(2|4|8|16|32|64|96)|custom-\d+-\d+(-ext)?)",
    "n2": r"((standard|highmem)-(2|4|8|16|32|48|64|80|96|128)|highcpu-(2|4|8|16|32|48|64|80|96)|custom-\d+-\d+(-ext)?)",
    "n2d": r"((standard|highcpu)-(2|4|8|16|32|48|64|80|96|128|224)|highmem-(2|4|8|16|32|48|64|80|96)|custom-\d+-\d+)",
    "n4": r"((standard|highcpu|highmem)-(2|4|8|16|32|48|64|80)|custom-\d+-\d+(-ext)?)",
    "n4a": r"(standard|highcpu|highmem)-(1|2|4|8|16|32|48|64)",
    "n4d": r"((standard|highcpu|highmem)-(2|4|8|16|32|48|64|80|96)|custom-\d+-\d+)",
    "t2a": r"standard-(1|2|4|8|16|32|48)",
    "t2d": r"standard-(1|2|4|8|16|32|48|60)",
    "z3": r"(highmem-(88|176)|highmem-(14|22|36|44|72|88|176)-(standard|high)lssd)",
}

HYPERDISK_ONLY = ("c4", "c4a", "c4d", "n4", "n4a", "n4d")
"""Series that boot from no persistent disk: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support."""

DISK_TYPES = (
    *("pd-standard", "pd-balanced", "pd-ssd", "pd-extreme"),
    *("hyperdisk-balanced", "hyperdisk-balanced-high-availability", "hyperdisk-extreme", "hyperdisk-throughput", "hyperdisk-ml"),
)

IMAGE_FAMILIES = {
    "debian-cloud": {
        "debian-11": "debian-11-bullseye",
        "debian-12": "debian-12-bookworm",
        "debian-12-arm64": "debian-12-bookworm-arm64",
        "debian-13": "debian-13-trixie",
        "debian-13-arm64": "debian-13-trixie-arm64",
    },
    "ubuntu-os-cloud": {
        "ubuntu-2204-lts": "ubuntu-2204-jammy",
        "ubuntu-2204-lts-arm64": "ubuntu-2204-jammy-arm64",
        "ubuntu-2404-lts-amd64": "ubuntu-2404-noble-amd64",
        "ubuntu-2404-lts-arm64": "ubuntu-2404-noble-arm64",
    },
    "cos-cloud": {"cos-stable": "cos-stable-121", "cos-121-lts": "cos-121-lts", "cos-arm64-stable": "cos-arm64-stable-121"},
    "rocky-linux-cloud": {"rocky-linux-9": "rocky-linux-9", "rocky-linux-9-arm64": "rocky-linux-9-arm64"},
}
"""Beginning of the image's name by family, by public project: https://cloud.google.com/compute/docs/images/os-details."""

IMAGE_DATE = "v20260811"
"""The sandbox's images are all of one day, so that nothing changes by itself."""


def is_machine_type(name: str) -> bool:
    """Whether Google Cloud has a machine type, somewhere."""
    series, _, shape = name.partition("-")
    return series in _MACHINE_TYPES and re.fullmatch(_MACHINE_TYPES[series], shape) is not None


def image(text: str, project: str) -> str | None:
    """The image that a name means, as `projects/p/global/images/x`; None if the project is a public one and has no such image.

    Args:
        text: `family`, `project/family`, `project/image`, or a link to either.
        project: The project that an unqualified name is looked for in.
    """
    path = re.sub(r"^https?://[^/]+/compute/[^/]+/", "", text)
    matched = re.fullmatch(r"projects/([^/]+)/global/images/(?:family/)?([^/]+)", path) or re.fullmatch(r"(?:([^/]+)/)?([^/]+)", path)
    if matched is None:
        return None
    owner, name = matched[1] or next((known for known, held in IMAGE_FAMILIES.items() if matched[2] in held), project), matched[2]
    families = IMAGE_FAMILIES.get(owner)
    if families is None:
        return f"projects/{owner}/global/images/{name}"
    if name in families:
        return f"projects/{owner}/global/images/{families[name]}-{IMAGE_DATE}"
    return f"projects/{owner}/global/images/{name}" if any(name.startswith(f"{stem}-v") for stem in families.values()) else None
