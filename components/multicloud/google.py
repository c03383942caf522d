"""What all of a component's children on Google Cloud have in common."""

from dataclasses import dataclass

import pulumi

from .naming import fitted
from .tags import gcp_description, gcp_labels, standard


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

    def named(self, suffix: str) -> str:
        """The name of the child with that suffix, shortened where Google's 63 characters leave no room for auto-naming's 8."""
        return fitted(f"{self.name}-{suffix}", 55)

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
