"""What a component gives, under the names that every language knows it by."""

import inspect
from typing import Any

import pulumi


def outputs(component: pulumi.ComponentResource) -> dict[str, Any]:
    """The outputs that a component's class declares, as `register_outputs` takes them: the annotations are the one list of them.

    The keys are in camel case, as those of every resource in Pulumi's state are, whatever language its program is in.

    Args:
        component: The component, with every output that its class annotates set.
    """
    declared: list[str] = []
    for cls in type(component).__mro__:
        if cls is pulumi.ComponentResource:
            break
        declared += [name for name in inspect.get_annotations(cls) if not name.startswith("_")]
    return {_camel(name): getattr(component, name) for name in declared}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
