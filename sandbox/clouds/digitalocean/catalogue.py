"""Regions, droplet sizes and images that exist. Facts of DigitalOcean, as of 2026."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """What a droplet of one size is."""

    vcpus: int
    memory: int
    """In MB."""
    disk: int
    """In GB."""
    price: float
    """US dollars a month."""


REGIONS = {
    "nyc1": "New York 1", "nyc2": "New York 2", "nyc3": "New York 3", "ams2": "Amsterdam 2", "ams3": "Amsterdam 3",
    "sfo1": "San Francisco 1", "sfo2": "San Francisco 2", "sfo3": "San Francisco 3", "sgp1": "Singapore 1", "lon1": "London 1",
    "fra1": "Frankfurt 1", "tor1": "Toronto 1", "blr1": "Bangalore 1", "syd1": "Sydney 1", "atl1": "Atlanta 1",
}  # fmt: skip
"""Names by slug: https://docs.digitalocean.com/platform/regional-availability/. Only ever add at the end: ranges depend on the order."""

CLOSED_REGIONS = frozenset({"nyc2", "ams2", "sfo1"})
"""Regions that take no new resources."""


def _sizes() -> dict[str, Size]:
    """Sizes by slug: https://www.digitalocean.com/pricing/droplets."""
    sizes = {"s-1vcpu-512mb-10gb": Size(1, 512, 10, 4)}
    for shape, size in {
        "1vcpu-1gb": Size(1, 1024, 25, 6),
        "1vcpu-2gb": Size(1, 2048, 50, 12),
        "2vcpu-2gb": Size(2, 2048, 60, 18),
        "2vcpu-4gb": Size(2, 4096, 80, 24),
        "4vcpu-8gb": Size(4, 8192, 160, 48),
        "8vcpu-16gb": Size(8, 16384, 320, 96),
    }.items():
        sizes[f"s-{shape}"] = size
        for processor in ("amd", "intel"):  # premium ones cost a sixth more
            sizes[f"s-{shape}-{processor}"] = Size(size.vcpus, size.memory, size.disk, round(size.price * 7 / 6))
    for vcpus in (2, 4, 8, 16, 32):
        sizes[f"c-{vcpus}"] = Size(vcpus, vcpus * 2048, vcpus * 25 // 2, vcpus * 21)
        sizes[f"c2-{vcpus}vcpu-{vcpus * 2}gb"] = Size(vcpus, vcpus * 2048, vcpus * 25, vcpus * 47 / 2)
        sizes[f"g-{vcpus}vcpu-{vcpus * 4}gb"] = Size(vcpus, vcpus * 4096, vcpus * 25 // 2, vcpus * 63 / 2)
        sizes[f"gd-{vcpus}vcpu-{vcpus * 4}gb"] = Size(vcpus, vcpus * 4096, vcpus * 25, vcpus * 34)
        sizes[f"m-{vcpus}vcpu-{vcpus * 8}gb"] = Size(vcpus, vcpus * 8192, vcpus * 25, vcpus * 42)
        sizes[f"so-{vcpus}vcpu-{vcpus * 8}gb"] = Size(vcpus, vcpus * 8192, vcpus * 150, vcpus * 131 / 2)
    return sizes


SIZES = _sizes()

IMAGES = {
    "debian-11-x64": (148490000, "Debian", "11 x64"),
    "debian-12-x64": (148490001, "Debian", "12 x64"),
    "debian-13-x64": (148490002, "Debian", "13 x64"),
    "ubuntu-22-04-x64": (148490003, "Ubuntu", "22.04 (LTS) x64"),
    "ubuntu-24-04-x64": (148490004, "Ubuntu", "24.04 (LTS) x64"),
    "fedora-42-x64": (148490005, "Fedora", "42 x64"),
    "rockylinux-9-x64": (148490006, "Rocky Linux", "9 x64"),
    "almalinux-9-x64": (148490007, "AlmaLinux", "AlmaLinux 9"),
    "centos-stream-9-x64": (148490008, "CentOS", "9 Stream x64"),
    "docker-20-04": (148490009, "Ubuntu", "Docker on Ubuntu 22.04"),
}
"""Id, distribution and name by slug. The ids are the sandbox's own."""
