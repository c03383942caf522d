"""What a stack file may say, and how it is read."""

from .environment import Environment
from .reading import StackFileError, parse, read, read_secrets, schema
from .secrets import Secrets

__all__ = ["Environment", "Secrets", "StackFileError", "parse", "read", "read_secrets", "schema"]
