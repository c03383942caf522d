"""Refuses wrong inputs at check time, as provider and cloud would, and fills in names.

Everything here is decided by the inputs alone. What depends on what the cloud holds is refused when it is asked.
"""

import hashlib
import secrets as randomness
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from .conform import Conform
from .refusals import Failure, Failures
from .rules import Autoname, Making, Refused, Type, Values
from .sdk import Sdk
from .secrecy import texts, veiled
from .tables import check_tables
from .values import Secrets

DEFAULTS = "__defaults"
"""The key under which the providers note which inputs they filled in; not an input."""

Naming = Literal["propose", "enforce", "disable"]


@dataclass(frozen=True)
class Checked:
    """What a check gives."""

    inputs: Values
    """The inputs with `__defaults`."""
    failures: list[Failure]


def clean(inputs: Values) -> Values:
    """The inputs without the bookkeeping and without nulls."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k != DEFAULTS and v is not None}
        return [strip(v) for v in value] if isinstance(value, list) else value

    return {k: strip(v) for k, v in inputs.items() if k != DEFAULTS and v is not None}


def check(
    sdk: Sdk,
    rules: Type | None,
    making: Making,
    secrets: Secrets,
    *,
    autoname: Autoname | None,
    olds: Values,
    seed: bytes = b"",
    proposed: str = "",
    naming: Naming = "propose",
    fill: Values | None = None,
    drops_unknown: bool = False,
) -> Checked:
    """Checks one resource's inputs.

    Args:
        sdk: Says which inputs there are.
        rules: What the SDK does not say; None where nothing is known.
        making: The resource, its inputs as the program gave them.
        secrets: The paths of secret inputs; their values are never shown.
        autoname: How a name that is left out is made up.
        olds: The inputs of the last deployment, empty for a new resource.
        seed: What random names are derived from; without it they are random.
        proposed: The name that the engine's own autonaming proposes, if any.
        naming: What to do with the proposal.
        fill: Inputs from the provider's configuration where they are left out.
        drops_unknown: The provider drops unknown properties in silence; the sandbox refuses them all the same.
    """
    failures = Failures(secrets)
    schema = sdk.resource(making.token)
    given = clean(making.inputs)
    defaults: list[str] = []
    for name, value in (fill or {}).items():
        # A few types have an input of that name that means something else: a replication set's regions.
        if name in schema.inputs and name not in given and (schema.inputs[name].shape.kind == "string") == isinstance(value, str):
            given[name] = value
            defaults.append(name)
    if autoname is not None and autoname.property in schema.inputs and autoname.property not in given:
        prop = autoname.property
        if prop in olds and prop in (olds.get(DEFAULTS) or ()):
            given[prop] = olds[prop]
            defaults.append(prop)
        elif naming == "disable":
            if schema.inputs[prop].required:
                failures.add((prop,), "automatic naming is disabled, so a name must be given")
        else:
            given[prop] = proposed if proposed and naming == "enforce" else _name(autoname, making.name, seed, proposed)
            defaults.append(prop)
    required = rules.required if rules else frozenset()
    inputs = Conform(sdk, failures, drops_unknown).object(given, schema.inputs, also=required)
    if rules is not None:
        check_tables(rules, inputs, failures)
        if not failures.found:
            for rule in rules.checks:
                _run(rule, replace(making, inputs=inputs), failures)
    # A rule of a cloud quotes what it refuses.
    hidden = texts(given, secrets)
    found = [replace(failure, reason=veiled(failure.reason, hidden)) for failure in failures.found]
    return Checked({**inputs, DEFAULTS: sorted(defaults)}, found)


def check_arguments(sdk: Sdk, token: str, arguments: Values, secrets: Secrets) -> Checked:
    """Checks the arguments of a look-up."""
    failures = Failures(secrets)
    inputs = Conform(sdk, failures).object(clean(arguments), sdk.function(token).arguments)
    return Checked(inputs, failures.found)


def check_configuration(sdk: Sdk, configuration: Values, secrets: Secrets) -> Checked:
    """Checks a provider's own configuration, `version` and the engine's own settings aside."""
    failures = Failures(secrets)
    known = sdk.configuration()
    ours = {name: value for name, value in clean(configuration).items() if name in known or name not in _ENGINES_OWN}
    return Checked(Conform(sdk, failures).object(ours, known), failures.found)


_ENGINES_OWN = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal", "envVarMappings"})


def _run(rule: Callable[[Making], None], making: Making, failures: Failures) -> None:
    try:
        rule(making)
    except Refused as refusal:
        failures.add(refusal.property or "", refusal.message, refusal.by)


def _name(autoname: Autoname, logical: str, seed: bytes, proposed: str) -> str:
    """The logical name, the separator and seven random hex digits, within the length."""
    if proposed:
        name = proposed[: autoname.max_length]
        return name.lower() if autoname.lowercase else name
    digits = 7
    suffix = hashlib.sha256(seed + logical.encode()).hexdigest()[:digits] if seed else randomness.token_hex(4)[:digits]
    stem = logical[: max(0, autoname.max_length - digits - len(autoname.separator))]
    return (stem.lower() if autoname.lowercase else stem) + autoname.separator + suffix
