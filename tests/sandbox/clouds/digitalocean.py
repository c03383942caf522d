"""An account of DigitalOcean's stand-in for tests, and what tests usually give it."""

from typing import Any

import pytest

from sandbox.clouds.digitalocean import CLOUD
from sandbox.clouds.digitalocean.words import token
from sandbox.diff import Difference
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import Refused, Values
from sandbox.store import Store

KEY = "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"
TAGGED = {"tags": ["web"]}
DROPLET: Values = {"region": "fra1", "size": "s-1vcpu-1gb", "image": "debian-12-x64"}
RULE: Values = {"entryProtocol": "http", "entryPort": 80, "targetProtocol": "http", "targetPort": 8080}
BALANCER: Values = {"region": "fra1", "forwardingRules": [RULE]}
INBOUND: Values = {"protocol": "tcp", "portRange": "80", "sourceAddresses": ["0.0.0.0/0"]}
TEMPLATE: Values = {**DROPLET, "sshKeys": [KEY]}
SCALING: Values = {"minInstances": 2, "maxInstances": 6, "targetCpuUtilization": 0.6}


class Account:
    """One account, as a program sees it through the provider."""

    def __init__(self, store: Store) -> None:
        self.life = Lifecycle(CLOUD, store)

    def check(self, type_: str, inputs: Values, name: str = "web") -> Values:
        """The checked inputs.

        Raises:
            Refused: The first failure, as a person reads it.
        """
        checked = self.life.check(token(type_), name, inputs, set(), seed=b"seed")
        for failure in checked.failures:
            raise Refused(failure.reason, property=failure.property)
        return checked.inputs

    def refuses(self, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
        """Asserts that the check of inputs says `reason` of the value at `path`, and who would say it: `api` or `provider`."""
        with pytest.raises(Refused) as refused:
            self.check(type_, inputs)
        assert refused.value.property == path
        assert reason in refused.value.message
        assert refused.value.message.endswith({"api": "[refused by the cloud's API]", "provider": "[refused by the provider]"}[by])

    def make(self, type_: str, inputs: Values, name: str = "web") -> State:
        """A new resource, through all stages."""
        checked = self.check(type_, inputs, name)
        self.life.plan(token(type_), name, checked, set())
        return self.life.create(token(type_), name, checked, set())

    def change(self, type_: str, old: State, inputs: Values, name: str = "web") -> State:
        return self.life.update(token(type_), name, old.id, self.check(type_, inputs, name), set())

    def compare(self, type_: str, old: Values, new: Values, outputs: Values | None = None) -> Difference:
        return self.life.diff(token(type_), self.check(type_, old), self.check(type_, new), outputs or {})

    def delete(self, type_: str, state: State) -> None:
        self.life.delete(token(type_), "web", state.id, state.inputs)

    def ask(self, function: str, **arguments: Any) -> Values:
        answer, failures = self.life.invoke(f"digitalocean:index/{function}:{function}", arguments, set())
        assert not failures, failures
        return answer
