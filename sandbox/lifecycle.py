"""The life of a resource in one cloud, in plain values: what the provider's calls do, apart from gRPC."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from . import check as checking
from . import diff as differing
from . import paths
from .diff import Difference
from .outputs import complete, digest, echo, remaining, secret_paths
from .refusals import Failure, refused_by
from .rules import UNKNOWN, Asking, Autoname, Cloud, Making, Record, Refused, Scope, Type, Values, World
from .sdk import Sdk
from .secrecy import texts, veiled
from .store import Store
from .transaction import Held, Transaction, text
from .values import Secrets, has_unknown
from .world import StoredWorld, claims, outputs_by, targets, tie


@dataclass(frozen=True)
class State:
    """What the engine is told of a resource."""

    id: str
    inputs: Values
    outputs: Values
    secrets: Secrets
    """What is secret of inputs and outputs."""


class _Nothing:
    """The world at check time, when nothing is asked of the cloud."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(
            "a rule in `checks` decides by the inputs alone; one that asks the cloud belongs in before_create or before_update"
        )


class Lifecycle:
    """One cloud as one provider instance reaches it.

    Args:
        cloud: The cloud's rules.
        store: What the clouds hold.
        scope: Where the instance works; of an instance without configuration, the scope of an empty one.
    """

    def __init__(self, cloud: Cloud, store: Store, scope: Scope | None = None) -> None:
        self.cloud, self.store, self.sdk = cloud, store, Sdk(cloud.sdk)
        self._scope = scope

    @property
    def scope(self) -> Scope:
        """Where the instance works."""
        if self._scope is None:
            self._scope = self.cloud.scope({})
        return self._scope

    def configure(self, configuration: Values) -> None:
        """Sets where the instance works.

        Raises:
            Refused: The configuration is wrong.
        """
        self._scope = self.cloud.scope(configuration)

    # --- before anything is done -----------------------------------------------------------------------------------------

    def check_configuration(self, configuration: Values, secrets: Secrets) -> list[Failure]:
        """What is wrong with a provider's configuration."""
        checked = checking.check_configuration(self.sdk, configuration, secrets)
        if not checked.failures and not has_unknown(checked.inputs):
            try:
                self.cloud.scope(checked.inputs)
            except Refused as refusal:
                reason = veiled(refusal.message, texts(configuration, secrets))
                return [Failure(refusal.property or "", f"{reason} {refused_by(refusal.by)}")]
        return checked.failures

    def check(
        self,
        token: str,
        name: str,
        inputs: Values,
        secrets: Secrets,
        olds: Values | None = None,
        *,
        seed: bytes = b"",
        proposed: str = "",
        naming: checking.Naming = "propose",
    ) -> checking.Checked:
        """Checks a resource's inputs and fills in what the provider fills in."""
        return checking.check(
            self.sdk,
            self.cloud.types.get(token),
            self._making(token, name, inputs, _Nothing()),
            secrets,
            autoname=self._autoname(token),
            olds=olds or {},
            seed=seed,
            proposed=proposed,
            naming=naming,
            fill=self._fills(),
            drops_unknown=self.cloud.drops_unknown,
        )

    def diff(self, token: str, old: Values, new: Values, outputs: Values, ignored: Sequence[str] = ()) -> Difference:
        """What a change of a resource's inputs means."""
        rules = self.cloud.types.get(token)
        return differing.diff(
            self.sdk.resource(token), rules, self._autoname(token), old, new, outputs, ignored, replacing=frozenset(self._fills())
        )

    def plan(self, token: str, name: str, inputs: Values, secrets: Secrets, id: str = "", old: State | None = None) -> State:
        """The outputs that a preview of a create (or, with the old state, of an update) can know."""
        rules, schema = self.cloud.types.get(token), self.sdk.resource(token)
        inputs = checking.clean(inputs)
        kept = remaining(rules, old.outputs, old.inputs, inputs) if old else {}
        making = self._making(token, name, inputs, _Nothing(), id=id)
        known = {**dict.fromkeys(schema.outputs, UNKNOWN), **kept, **echo(rules, schema, inputs, kept)}
        for output in (rules.volatile if rules else ()) if old else ():
            known[output] = UNKNOWN
        following = [n for n in self.cloud.derived if n in schema.outputs] if old else []
        if following:
            fresh = dict.fromkeys(following, UNKNOWN) if has_unknown(inputs) else self.cloud.default_outputs(making, following)
            known.update({n: fresh[n] for n in following if n in fresh})
        return State(id, inputs, known, secret_paths(rules, schema, inputs, secrets, known, (old.outputs, old.secrets) if old else None))

    # --- what changes the cloud --------------------------------------------------------------------------------------------

    def create(self, token: str, name: str, inputs: Values, secrets: Secrets) -> State:
        """Makes a resource.

        Raises:
            Refused: The cloud says no.
        """
        rules, schema = self.cloud.types.get(token), self.sdk.resource(token)
        inputs = checking.clean(inputs)
        with self.store.transaction() as transaction:
            making = self._making(token, name, inputs, world := self._world(transaction, inputs))
            self._refuse_missing(rules, making, world)
            for rule in rules.before_create if rules else ():
                rule(making)
            making = replace(making, id=((rules and rules.id) or self.cloud.default_id)(making))
            outputs = complete(self.cloud, rules, schema, making, {})
            secret = secret_paths(rules, schema, inputs, secrets, outputs, None)
            record = Record(
                cloud=self.cloud.name, token=token, id=making.id, inputs=inputs, outputs=outputs, scope=making.scope, created=making.now
            )
            transaction.refuse_taken(claims(rules, inputs, making.scope))
            number = transaction.insert(record, name=name, place=self._place(token, making.scope), secrets=secret)
            tie(transaction, rules, number, inputs, making.scope)
            transaction.note(self.cloud.name, "create", token, making.id, name, "done")
        return State(making.id, inputs, outputs, secret)

    def read(self, token: str, name: str, id: str, inputs: Values | None = None) -> State | None:
        """A resource as the cloud has it; None where it is gone."""
        with self.store.transaction() as transaction:
            held = self._find(transaction, token, id, inputs or {})
            transaction.note(self.cloud.name, "read", token, id, name, "done" if held else "not found")
        return State(held.id, held.inputs, held.outputs, set(held.secrets)) if held else None

    def update(self, token: str, name: str, id: str, inputs: Values, secrets: Secrets) -> State:
        """Changes a resource.

        Raises:
            Refused: The cloud says no, or the resource is gone.
        """
        rules, schema = self.cloud.types.get(token), self.sdk.resource(token)
        inputs = checking.clean(inputs)
        with self.store.transaction() as transaction:
            held = self._find(transaction, token, id, inputs)
            if held is None:
                raise Refused(
                    f"{token.rsplit(':', 1)[1]} {id} was not found: it was deleted behind Pulumi's back; `pulumi refresh` takes note of it"
                )
            making = self._making(token, name, inputs, world := self._world(transaction, inputs), id=id, old=held)
            self._refuse_missing(rules, making, world)
            for rule in rules.before_update if rules else ():
                rule(making)
            outputs = complete(self.cloud, rules, schema, making, remaining(rules, held.outputs, held.inputs, inputs))
            secret = secret_paths(rules, schema, inputs, secrets, outputs, (held.outputs, set(held.secrets)))
            transaction.change(held.number, inputs, outputs, secret)
            tie(transaction, rules, held.number, inputs, making.scope)
            transaction.note(self.cloud.name, "update", token, id, name, "done")
        return State(id, inputs, outputs, secret)

    def delete(self, token: str, name: str, id: str, inputs: Values | None = None) -> None:
        """Removes a resource; that it is gone already is no error.

        Raises:
            Refused: It is in use, or the cloud says no for another reason.
        """
        rules = self.cloud.types.get(token)
        with self.store.transaction() as transaction:
            held = self._find(transaction, token, id, inputs or {})
            if held is None:
                transaction.note(self.cloud.name, "delete", token, id, name, "not found")
                return
            user = transaction.user(held)
            if user is not None:
                raise Refused(user[1].format(target=held.id, user=user[0]))
            world = StoredWorld(transaction, held.scope)
            for rule in rules.before_delete if rules else ():
                rule(held, world)
            transaction.remove(held.number)
            for rule in rules.after_delete if rules else ():
                rule(held, world)
            transaction.note(self.cloud.name, "delete", token, id, name, "done")

    def invoke(self, token: str, arguments: Values, secrets: Secrets) -> tuple[Values, list[Failure]]:
        """Answers a look-up: the values, or what is wrong with its arguments.

        Raises:
            Refused: There is no such look-up in the sandbox, or it finds nothing.
        """
        lookup = self.cloud.lookups.get(token)
        if lookup is None:
            known = ", ".join(sorted(self.cloud.lookups)) or "none"
            raise Refused(f"the sandbox has no answer to the look-up {token}; it answers {known}", by="sandbox")
        checked = checking.check_arguments(self.sdk, token, arguments, secrets)
        if checked.failures:
            return {}, checked.failures
        region = checked.inputs.get("region")
        scope = replace(self.scope, region=region) if self.cloud.regional and isinstance(region, str) else self.scope
        with self.store.transaction() as transaction:
            answer = lookup(Asking(token=token, args=checked.inputs, scope=scope, world=StoredWorld(transaction, scope)))
        return {"id": digest(token, repr(checked.inputs)), **checked.inputs, **answer}, []

    # --- parts ---------------------------------------------------------------------------------------------------------------

    def _fills(self) -> Values:
        return self.cloud.fills(self.scope) if self.cloud.fills else {}

    def _autoname(self, token: str) -> Autoname | None:
        rules = self.cloud.types.get(token)
        if rules is not None:
            return rules.autoname
        prop = self.sdk.resource(token).inputs.get(self.cloud.autoname.property)
        return self.cloud.autoname if prop and not prop.required and prop.shape.kind == "string" else None

    def _making(self, token: str, name: str, inputs: Values, world: World, id: str = "", old: Record | None = None) -> Making:
        return Making(
            token=token,
            name=name,
            inputs=inputs,
            old=old,
            id=id,
            scope=self._scope_of(inputs),
            world=world,
            now=datetime.now(UTC),
        )

    def _scope_of(self, inputs: Values) -> Scope:
        region = inputs.get("region")
        return replace(self.scope, region=region) if self.cloud.regional and isinstance(region, str) else self.scope

    def _world(self, transaction: Transaction, inputs: Values) -> StoredWorld:
        return StoredWorld(transaction, self._scope_of(inputs))

    def _place(self, token: str, scope: Scope) -> str:
        """Where an id is unique: a type without a region, like a role on AWS, is one thing for the providers of all regions."""
        return scope.region if self.cloud.regional and "region" in self.sdk.resource(token).inputs else ""

    def _find(self, transaction: Transaction, token: str, id: str, inputs: Values) -> Held | None:
        scope = self._scope_of(inputs)
        return transaction.get(token, id, scope, self._place(token, scope))

    def _refuse_missing(self, rules: Type | None, making: Making, world: World) -> None:
        before = making.old.inputs if making.old else {}
        for reference, path, value in targets(rules.references if rules else (), making.inputs):
            if not reference.must_exist or text(paths.get(before, paths.parse(path))) == value:
                continue
            if not any(world.one(token, value, by) for token in reference.to for by in outputs_by(reference)):
                raise Refused(reference.missing.format(value=value, path=path), property=path)
