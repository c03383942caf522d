"""The forms of values that the provider's source asks for and a plain limit cannot say. Pure."""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws|aws-managed|third-party|):.+", re.DOTALL)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _network(value: str, version: int | None) -> bool:
    try:
        found = ipaddress.ip_network(value)
    except ValueError:
        return False
    return "/" in value and version in (None, found.version)


def _address(value: str, version: int | None) -> bool:
    try:
        return version in (None, ipaddress.ip_address(value).version)
    except ValueError:
        return False


def _json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def _policy(value: str) -> bool:
    return value.strip().startswith("{") and _json(value)


def _base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _time(layout: str) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            datetime.strptime(value, layout)
        except ValueError:
            return False
        return True

    return check


def _rfc3339(value: str) -> bool:
    return _time("%Y-%m-%dT%H:%M:%S%z")(value)


def _minutes(text: str) -> int | None:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _daily(value: str) -> bool:
    ends = [_minutes(text) for text in value.split("-")]
    return len(ends) == 2 and None not in ends


def _weekly(value: str) -> bool:
    found = re.fullmatch(r"([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)", value.lower())
    return bool(found and found[1] in _DAYS and found[3] in _DAYS and _daily(f"{found[2]}-{found[4]}"))


_FORMATS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "arn": (lambda value: bool(_ARN.fullmatch(value)), "an ARN"),
    "json": (_json, "JSON"),
    "json-iam-policy": (_policy, "a policy in JSON"),
    "cidr": (lambda value: _network(value, None), "a range in CIDR form without host bits"),
    "ipv4-cidr": (lambda value: _network(value, 4), "an IPv4 range in CIDR form without host bits"),
    "ipv6-cidr": (lambda value: _network(value, 6), "an IPv6 range in CIDR form without host bits"),
    "ip": (lambda value: _address(value, None), "an IP address"),
    "ipv4": (lambda value: _address(value, 4), "an IPv4 address"),
    "ipv6": (lambda value: _address(value, 6), "an IPv6 address"),
    "base64": (_base64, "Base64"),
    "rfc3339": (_rfc3339, "a time such as 2026-01-31T12:00:00Z"),
    "rfc3339-utc": (lambda value: value.endswith("Z") and _rfc3339(value), "a time in UTC such as 2026-01-31T12:00:00Z"),
    "timestamp 2006-01-02T15:04:05Z": (_time("%Y-%m-%dT%H:%M:%SZ"), "a time such as 2026-01-31T12:00:00Z"),
    "date YYYY-MM-DD": (_time("%Y-%m-%d"), "a date such as 2026-01-31"),
    "go-duration": (lambda value: bool(re.fullmatch(r"0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+", value)), "a duration such as 10m"),
    "daily-window-hh24:mi-hh24:mi": (_daily, "a window such as 02:00-03:00"),
    "weekly-window-ddd:hh24:mi-ddd:hh24:mi": (_weekly, "a window such as sun:04:00-sun:05:00"),
    "aws-region": (lambda value: bool(re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", value)), "a region"),
}


def wrong(value: Any, fact: Mapping[str, Any]) -> str | None:
    """What would have been right, where a value is not what a fact allows."""
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    if len(shown) > 80:
        # User data and policies are long, and may hold what nobody should read.
        shown = f"{len(shown)} characters of something else"
    if "anyOf" in fact:
        problems = [wrong(value, one) for one in fact["anyOf"]]
        return None if None in problems else f"{' or '.join(p.split(', got ')[0] for p in problems if p)}, got {shown}"
    expected = _expected(value, fact)
    return f"{expected}, got {shown}" if expected else None


def _expected(value: Any, fact: Mapping[str, Any]) -> str | None:
    if "enum" in fact:
        return (
            None
            if value in fact["enum"]
            else "one of " + ", ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in fact["enum"])
        )
    if fact.get("boolString"):
        return None if str(value).lower() in ("true", "false", "", "1", "0") else "true or false"
    if "format" in fact:
        return _format(str(value), fact)
    number: float | None = None
    if fact.get("intString") or fact.get("floatString"):
        if value == "":
            return None
        if not re.fullmatch(r"-?\d+" if fact.get("intString") else r"-?\d+(\.\d+)?", str(value)):
            return "a whole number" if fact.get("intString") else "a number"
        number = float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    if number is not None:
        return _range(number, fact)
    return _text(value, fact) if isinstance(value, str) else None


def _format(value: str, fact: Mapping[str, Any]) -> str | None:
    test, words = _FORMATS[fact["format"]]
    if value == "" or value.startswith("${"):
        return None
    if not test(value):
        return words
    if "prefixMin" in fact or "prefixEnum" in fact:
        length = ipaddress.ip_network(value).prefixlen
        low, high = fact.get("prefixMin", 0), fact.get("prefixMax", 128)
        if not low <= length <= high:
            return f"a network from /{low} to /{high}"
        if length not in fact.get("prefixEnum", [length]):
            return "a network of " + ", ".join(f"/{one}" for one in fact["prefixEnum"])
    return "a duration that is not negative" if fact.get("nonNegative") and value.startswith("-") else None


def _range(number: float, fact: Mapping[str, Any]) -> str | None:
    low, high = fact.get("min", float("-inf")), fact.get("max", float("inf"))
    if not low <= number <= high:
        if low == high:
            return f"{low:g}"
        return (
            f"a value from {low:g} to {high:g}"
            if "min" in fact and "max" in fact
            else f"at least {low:g}"
            if "min" in fact
            else f"at most {high:g}"
        )
    if fact.get("nonZero") and number == 0:
        return "a value other than 0"
    if "divisibleBy" in fact and number % fact["divisibleBy"]:
        return f"a multiple of {fact['divisibleBy']}"
    if "exclusiveMin" in fact and number <= fact["exclusiveMin"]:
        return f"more than {fact['exclusiveMin']:g}"
    return None


def _text(value: str, fact: Mapping[str, Any]) -> str | None:
    low, high = fact.get("minLength", 0), fact.get("maxLength")
    if len(value) < low or (high is not None and len(value) > high):
        return f"{low} to {high} characters"
    if "prefix" in fact and not value.startswith(fact["prefix"]):
        return f'a text that begins with "{fact["prefix"]}"'
    matches = pattern(fact)
    return says(fact) if matches is not None and not re.fullmatch(matches, value, re.DOTALL) else None


def pattern(fact: Mapping[str, Any]) -> str | None:
    """One pattern that the whole of a text has to match, of the patterns that have to be or must not be found in it."""
    found = [f"(?=.*?(?:{_python(one)}))" for one in _listed(fact.get("pattern")) if r"\p" not in one]
    found += [f"(?!.*?(?:{_python(one)}))" for one in _listed(fact.get("notPattern"))]
    if not found:
        return None
    return ("|" if fact.get("emptyAllowed") else "") + "".join(found) + ".*"


def says(fact: Mapping[str, Any]) -> str:
    """What a person is told of the patterns."""
    parts = [f"matches {one}" for one in _listed(fact.get("pattern"))] + [
        f"does not match {one}" for one in _listed(fact.get("notPattern"))
    ]
    return "a value that " + " and ".join(parts)


def _listed(patterns: Any) -> list[str]:
    return [] if patterns is None else [patterns] if isinstance(patterns, str) else list(patterns)


def _python(pattern: str) -> str:
    """A pattern of Go in Python's words: there `$` is the very end, and flags stand where they begin to count."""
    flags = re.match(r"\(\?(\w+)\)", pattern)
    text = re.sub(r"(?<!\\)\$$", r"\\Z", pattern[flags.end() :] if flags else pattern)
    return f"(?{flags[1]}:{text})" if flags else text
