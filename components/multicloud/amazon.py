"""What all of a component's children on AWS have in common."""

from dataclasses import dataclass

import pulumi

from .tags import aws_tags, standard


@dataclass(frozen=True, kw_only=True)
class Children:
    """The name, tags and options that a component's children share."""

    name: str
    """The component's name, which every child's name begins with."""
    shared_tags: dict[str, str]
    """The tags of all children, without their `Name`."""
    options: pulumi.ResourceOptions
    """For every child."""

    @classmethod
    def of(cls, component: pulumi.ComponentResource, name: str, tags: dict[str, str] | None = None) -> "Children":
        """The children of `component`.

        Args:
            component: The parent.
            name: Its name.
            tags: The caller's own tags, laid over the standard ones.
        """
        return cls(name=name, shared_tags=standard(name, tags), options=pulumi.ResourceOptions(parent=component))

    def tags(self, suffix: str) -> dict[str, str]:
        """The tags of the child with that suffix; its name in the console is that of the resource in Pulumi."""
        return aws_tags(self.shared_tags, f"{self.name}-{suffix}")
