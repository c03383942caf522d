"""What all of a component's children on Google Cloud have in common."""

import re
from dataclasses import dataclass

import pulumi

from .errors import ArgumentError
from .tags import gcp_description, gcp_labels, standard


def check_region(region: str) -> None:
    """Refuses what is no region's name. Which regions exist is Google's to say.

    Args:
        region: The region, for example `europe-west3`.

    Raises:
        ArgumentError: At `region`.
    """
    if re.fullmatch(r"[a-z]+-[a-z]+\d+-[a-z]", region):
        raise ArgumentError("region", f"{region!r} is a zone", f"write {region[:-2]}")
    if not re.fullmatch(r"[a-z]+-[a-z]+\d+", region):
        raise ArgumentError("region", f"{region!r} is not a region of Google Cloud", "write one like europe-west3")


@dataclass(frozen=True, kw_only=True)
class Children:
    """The name, marks and options that a component's children share."""

    name: str
    """The component's name, which every child's name begins with."""
    labels: dict[str, str]
    """For resources that carry labels."""
    description: str
    """For resources that carry none."""
    options: pulumi.ResourceOptions
    """For every child."""
    described_once: pulumi.ResourceOptions
    """For children that Google replaces when their description changes: a renamed stack must not cost a network or its machines."""

    @classmethod
    def of(cls, component: pulumi.ComponentResource, name: str, tags: dict[str, str] | None = None) -> "Children":
        """The children of `component`.

        Args:
            component: The parent.
            name: Its name.
            tags: The caller's own tags, laid over the standard ones.
        """
        return cls(
            name=name,
            labels=gcp_labels(standard(name, tags)),
            description=gcp_description(name),
            options=pulumi.ResourceOptions(parent=component),
            described_once=pulumi.ResourceOptions(parent=component, ignore_changes=["description"]),
        )
