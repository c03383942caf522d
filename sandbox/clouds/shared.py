"""What the rules of several clouds need alike."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sandbox import paths
from sandbox.rules import UNKNOWN, Making, Scope, Values


def known(making: Making, path: str) -> Iterator[tuple[str, Any]]:
    """The values at a rule's path, each with its own path, but for those that are not known yet."""
    for where, value in paths.find(making.inputs, paths.pattern(path)):
        if value is not UNKNOWN and value is not None:
            yield paths.show(where), value


def kept(making: Making, output: str, make: Callable[[], Any]) -> Any:
    """An output that stays as it was when the resource was made."""
    return making.old.outputs[output] if making.old and making.old.outputs.get(output) is not None else make()


def input_id(path: str) -> Callable[[Making], str]:
    """The id is an input: a name."""
    return lambda making: str(making.get(path))


def nowhere(cloud: str) -> Callable[[Values], Scope]:
    """The scope of a provider that has no account: what it makes exists in Pulumi's state alone."""
    return lambda configuration: Scope(cloud=cloud, account="")


def no_outputs(making: Making, names: Sequence[str]) -> Values:
    """Of a provider whose types say all of their outputs themselves."""
    return {}
