"""One environment a stack: read its file, compose it, export what one wants to know of it."""

import pulumi

from stacks.compose import compose
from stacks.model import read, read_secrets

environment = read()
for name, value in compose(environment, read_secrets(environment)).items():
    pulumi.export(name, value)
