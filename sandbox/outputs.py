"""What a resource looks like after a create or an update, from its inputs, the rules and the SDK."""

import copy
import hashlib
import re
from typing import Any

from . import paths
from .rules import Cloud, Making, Type, Values
from .sdk import Property, Resource
from .secrecy import showing, texts
from .values import Secrets


def complete(cloud: Cloud, rules: Type | None, schema: Resource, making: Making, kept: Values) -> Values:
    """All outputs of a resource; `kept` is what an update leaves as it was.

    The type's own outputs come first, then the inputs, then the cloud's defaults, then what any value of the SDK's type does.
    """
    given = echo(rules, schema, making.inputs, kept)
    asked = [n for n in schema.outputs if n not in given and (n not in kept or n in cloud.derived)]
    plausible = {n: v for n, v in cloud.default_outputs(making, asked).items() if n in asked}
    special = rules.outputs(making) if rules and rules.outputs else {}
    outputs = {**kept, **given, **plausible, **special}
    for name, prop in schema.outputs.items():
        if prop.required and name not in outputs:
            outputs[name] = _any(prop, name in schema.secrets, making.id)
    return outputs


def echo(rules: Type | None, schema: Resource, inputs: Values, kept: Values) -> Values:
    """The inputs as the cloud gives them back, its defaults filled in.

    Write-only inputs (`passwordWo`) are never given back. `kept` are outputs that an update leaves as they were: they go before
    defaults, and what a type keeps within a block is put back there.
    """
    given = {n: copy.deepcopy(v) for n, v in inputs.items() if n in schema.outputs and not n.endswith("Wo")}
    for path, default in rules.defaults.items() if rules else ():
        *above, last = paths.pattern(path)
        for _, holder in paths.find(given, tuple(above)):
            if isinstance(holder, dict) and holder.get(last) is None and not (not above and last in kept):
                holder[last] = copy.deepcopy(default)
    for path in rules.keeps if rules else ():
        steps = paths.pattern(path)
        for where, value in paths.find(kept, steps) if len(steps) > 1 else ():
            holder, name = paths.get(given, where[:-1]), where[-1]
            if isinstance(holder, dict) and holder.get(name) is None:
                holder[name] = copy.deepcopy(value)
    return given


def remaining(rules: Type | None, outputs: Values, old: Values, new: Values) -> Values:
    """The outputs that an update starts from: all but those of old inputs that are not given any more and that the cloud does not keep."""
    keeps = rules.keeps if rules else frozenset[str]()
    return {name: value for name, value in outputs.items() if name in new or name not in old or name in keeps}


def secret_paths(
    rules: Type | None, schema: Resource, inputs: Values, secrets: Secrets, outputs: Values, old: tuple[Values, Secrets] | None
) -> Secrets:
    """What of a resource is secret: what the SDK or the rules say, secret inputs and the outputs that show them, and what was secret.

    Args:
        rules: The type's rules.
        schema: What the SDK says.
        inputs: The inputs.
        secrets: The paths of the secret inputs.
        outputs: The outputs.
        old: The outputs before an update, and what was secret then.
    """
    found: Secrets = {(name,) for name in schema.secrets} | secrets | showing(outputs, texts(inputs, secrets))
    for rule in rules.secrets if rules else ():
        found.update(path for path, _ in paths.find(outputs, paths.pattern(rule)))
    before, secret = old or ({}, set())
    return found | {path for path in secret if path[0] in outputs and outputs[str(path[0])] == before.get(str(path[0]))}


def digest(*parts: str) -> str:
    """Sixteen hex digits that the parts decide."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _any(prop: Property, secret: bool, id: str) -> Any:
    """A value of the right type for an output of which nothing else is known: what identifies is made up, the rest is empty."""
    empty: dict[str, Any] = {"boolean": False, "integer": 0, "number": 0, "list": [], "map": {}, "object": {}}
    if prop.shape.kind in empty:
        return empty[prop.shape.kind]
    return digest(id, prop.name) if secret or _IDENTIFIES.search(prop.name) else ""


_IDENTIFIES = re.compile(r"(?:^|[a-z])(?:id|uuid|arn|urn|etag|fingerprint|hash|token|password|key|link|url|uri|host|hostname|name)$", re.I)
