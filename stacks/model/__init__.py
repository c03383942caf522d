"""What a stack file may say, and how it is read."""

from .environment import Environment
from .reading import StackFileError, parse, read, schema

__all__ = ["Environment", "StackFileError", "parse", "read", "schema"]
