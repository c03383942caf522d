"""The words in which a stand-in cloud's behaviour is written down.

A cloud is a `Cloud`: a table of `Type`s and of look-ups. What the SDK itself says (names, types, which inputs are
required, which outputs exist, which are secret) is read from the SDK and never repeated here; a `Type` adds what the
SDK does not say: which change replaces, which values exist, what is unique, what is in use, what the outputs look like.
A resource type without an entry is still accepted, checked against the SDK, and given plausible outputs.

Property paths are Pulumi's camelCase with dots, and `[*]` for any element of a list or a map: `ingress[*].fromPort`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Values = dict[str, Any]
"""Inputs or outputs as plain JSON values; `UNKNOWN` stands where a value is not known before the update."""


class Unknown:
    """The type of `UNKNOWN`, a value that the engine does not know during a preview."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False

    def __deepcopy__(self, memo: object) -> "Unknown":
        return self


UNKNOWN = Unknown()


class Refused(Exception):
    """The stand-in says no where the cloud would.

    Args:
        message: What the user reads, in the cloud's own words and code where they are known.
        property: Path of the input that is at fault, if it is one.
        by: Who would refuse it for real: `provider` (the plugin, at check or preview) or `api` (the cloud, on the call);
            `sandbox` for what the real cloud can do and the stand-in cannot.
    """

    def __init__(self, message: str, *, property: str | None = None, by: Literal["provider", "api", "sandbox"] = "api") -> None:
        super().__init__(message)
        self.message, self.property, self.by = message, property, by


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where a provider instance works, from its configuration."""

    cloud: str
    account: str
    """AWS account number, Google Cloud project, DigitalOcean team or Cloudflare account."""
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One thing that the cloud holds."""

    cloud: str
    token: str
    id: str
    inputs: Values
    outputs: Values
    scope: Scope
    created: datetime


class World(Protocol):
    """What all clouds hold, seen inside the one transaction of the call."""

    def one(self, token: str, value: Any, by: str = "id") -> Record | None:
        """The record of a type whose output `by` (a path, or `id`) equals `value`, if there is one."""
        ...

    def all(self, token: str) -> Sequence[Record]:
        """Every record of a type, oldest first."""
        ...

    def number(self, counter: str) -> int:
        """The next number of a named counter, from 0; never given twice. For addresses and running numbers.

        A counter `reserved …` stands for a name that stays taken after its resource is gone: a reset forgets it.
        """
        ...

    def fixtures(self, kind: str) -> Mapping[str, Values]:
        """What a person said is there without Pulumi (`python -m sandbox fixture add cloudflare zones example.dev`), by name."""
        ...


@dataclass(frozen=True, kw_only=True)
class Making:
    """One create or update, as the functions of a `Type` see it. Functions must bear `UNKNOWN` among the inputs in `checks`."""

    token: str
    name: str
    """The resource's logical name, from its URN: only for names that the cloud would make up."""
    inputs: Values
    """The checked inputs, the automatic name filled in, defaults not."""
    old: Record | None
    """What the update changes; None for a create."""
    id: str
    """The id: the one just made by `Type.id`, or the old one; empty while it is being made and in `checks`."""
    scope: Scope
    world: World
    now: datetime

    def get(self, path: str, default: Any = None) -> Any:
        """The input at a dotted path without `[*]` (list indices as numbers), or the default where it is absent or unknown."""
        value: Any = self.inputs
        for step in path.split("."):
            if isinstance(value, Mapping) and step in value:
                value = value[step]
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return default
        return default if value is None or value is UNKNOWN else value


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One look-up."""

    token: str
    args: Values
    scope: Scope
    world: World


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a value may be. For lists `min_items`/`max_items`, for strings lengths and a full-match `pattern`, for numbers a range."""

    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    says: str | None = None
    """What a person is told instead of the pattern."""
    by: Literal["provider", "api"] = "provider"


@dataclass(frozen=True, kw_only=True)
class Autoname:
    """How the provider makes up a name that the program left out: the logical name, a separator and random hex."""

    property: str = "name"
    max_length: int = 255
    separator: str = "-"
    lowercase: bool = False
    """Google Cloud's and most of AWS's load-balancing names must be lower case."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An input that names another thing in the same cloud."""

    path: str
    to: tuple[str, ...]
    """Tokens of the types that it may name."""
    by: str | tuple[str, ...] = "id"
    """The output of the target that the value equals: `id`, `arn`, `selfLink`, `name` …; of several, any one."""
    must_exist: bool = True
    """Refuse a create or update that names what does not exist."""
    holds: bool = True
    """Refuse to delete the target while this refers to it."""
    missing: str = "{value} does not exist"
    """The cloud's words when the target is missing; `{value}`, `{path}` are filled in."""
    in_use: str = "{target} is in use by {user}"
    """The cloud's words when the target is still in use; `{target}` and `{user}` are ids."""


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Inputs that together may occur once in a scope."""

    paths: tuple[str, ...]
    within: Literal["global", "account", "region"] = "region"
    message: str = "{value} already exists"
    """The cloud's words; `{value}` is filled in."""


Rule = Callable[[Making], None]
"""Raises `Refused` where the cloud would say no."""


@dataclass(frozen=True, kw_only=True)
class Type:
    """What the SDK does not say of one resource type. Everything may be left out."""

    token: str
    id: Callable[[Making], str] | None = None
    """Makes the id of a new resource; by default the cloud's `default_id`."""
    outputs: Callable[[Making], Values] | None = None
    """Computed outputs after a create or update, laid over the cloud's defaults and the inputs. `making.old` tells which."""
    autoname: Autoname | None = None
    replaces: frozenset[str] = frozenset()
    """Inputs whose change replaces. A path stands for all below it too; a block's bare path: its adding or removing as well."""
    replaces_when: Mapping[str, Callable[[Values, Values], bool]] = field(default_factory=dict)
    """Inputs whose change replaces only when the function of the old and the new inputs says so."""
    sets: frozenset[str] = frozenset()
    """Inputs that are lists in which order means nothing: a new order is no change."""
    keeps: frozenset[str] = frozenset()
    """Inputs that, left out after they were given, keep the cloud's value (optional and computed): no change."""
    enums: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    """Inputs that must be given though the SDK calls them optional."""
    conflicts: Sequence[Sequence[str]] = ()
    exactly_one_of: Sequence[Sequence[str]] = ()
    at_least_one_of: Sequence[Sequence[str]] = ()
    required_with: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Inputs that need others beside them."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What the cloud fills in where an input is left out, seen in the outputs."""
    references: Sequence[Reference] = ()
    unique: Sequence[Unique] = ()
    secrets: frozenset[str] = frozenset()
    """Outputs that are secret besides those that the SDK marks."""
    volatile: frozenset[str] = frozenset()
    """Outputs that any update changes, so that they are unknown in an update's preview (`latestVersion`)."""
    checks: Sequence[Rule] = ()
    """Refusals that the inputs alone decide, at check time, before anything is created."""
    before_create: Sequence[Rule] = ()
    before_update: Sequence[Rule] = ()
    before_delete: Sequence[Callable[[Record, World], None]] = ()
    """Refusals that depend on what the cloud holds. References and unique names need no rule here."""
    after_delete: Sequence[Callable[[Record, World], None]] = ()


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One stand-in cloud."""

    name: str
    """The package in the tokens: `aws`."""
    sdk: str
    """The Python package of the SDK: `pulumi_aws`."""
    scope: Callable[[Values], Scope]
    """From the provider's configuration; raises `Refused` where that is wrong (an unknown region, a missing project)."""
    types: Mapping[str, Type]
    lookups: Mapping[str, Callable[[Asking], Values]]
    """By the token of the function: `aws:ec2/getAmi:getAmi`."""
    default_id: Callable[[Making], str]
    default_outputs: Callable[[Making, Sequence[str]], Values]
    """Plausible outputs by name for any type (arn, selfLink, createdAt …), given the names of the SDK's outputs."""
    autoname: Autoname = Autoname()
    """For types without an entry whose `name` is optional in the SDK."""
    fills: Callable[[Scope], Values] | None = None
    """Inputs that the provider fills in from its configuration where a type has them and they are left out (AWS: `region`)."""
    derived: frozenset[str] = frozenset()
    """Outputs of `default_outputs` that follow the inputs, so that each update makes them anew (`tagsAll`, `pulumiLabels`)."""
    regional: bool = False
    """Ids are unique in a region, and a look-up by id or name prefers the things of its own region (AWS)."""
    drops_unknown: bool = False
    """The real provider drops unknown properties in silence; the sandbox refuses them and says so (Cloudflare)."""
