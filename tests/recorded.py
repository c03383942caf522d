"""What a `Recording` keeps of a program: its resources and its look-ups."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]

UNKNOWN = "<unknown>"
"""What stands in `Recorded.inputs` for a value that is not known during a preview."""


@dataclass(kw_only=True)
class Recorded:
    """One registered resource."""

    urn: str
    type: str
    name: str
    id: str
    """Empty for a component."""
    custom: bool
    """False for a component."""
    parent: str
    """URN of the parent; that of the stack for a resource at the top."""
    inputs: Values
    """Plain values by camelCase name; secrets unwrapped, unknown values as `UNKNOWN`."""
    secrets: frozenset[str]
    """Dotted paths of the inputs that are secret: `password`, `containers.0.env`."""
    outputs: Values
    """What the resource resolved to: its inputs and what `Recording.outputs` adds."""
    provider: str
    """Name of the explicit provider; empty where the engine would take a default one."""
    providers: dict[str, str]
    """A component's providers: name by package."""
    protect: bool
    aliases: list[Values]
    """As the program wrote them: `{"urn": ...}` or the parts of a spec (`name`, `type`, `parentUrn` ...)."""
    depends_on: frozenset[str]
    """URNs of all that the resource waits for, through its inputs or by `depends_on`."""
    ignore_changes: list[str]
    replace_on_changes: list[str]
    replacement_trigger: Any
    """What replaces the resource when it changes; None without."""
    secret_outputs: list[str]
    """`additional_secret_outputs`."""
    delete_before_replace: bool | None
    retain_on_delete: bool
    timeouts: Values
    registered: Values | None = None
    """What a component passed to `register_outputs`; None if it never did, or for a custom resource."""
    registered_secrets: frozenset[str] = field(default=frozenset())
    """Dotted paths of the registered outputs that are secret."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One look-up."""

    token: str
    args: Values
    provider: str
    """Name of the explicit provider; empty where the engine would take a default one."""


Outputs = Mapping[str, Any] | Callable[[Recorded], Mapping[str, Any]]
Answer = Mapping[str, Any] | Callable[[Values], Mapping[str, Any]]
