"""Text that no compression makes smaller, for limits in bytes."""

import base64
import random


def noise(size: int) -> str:
    """`size` characters of one byte each, always the same ones, which YAML writes as they are.

    Args:
        size: 1 or more.
    """
    return ("x" + base64.b85encode(random.Random(0).randbytes(size)).decode())[: size - 1] + "x"
