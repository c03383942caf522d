"""Requests that go elsewhere than the rest: by hostname, path, or an expression of one's own. Pure."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Optional

from ..errors import ArgumentError
from .affinity import SessionAffinity
from .steering import Steering, check_names


@dataclass(kw_only=True, frozen=True)
class FixedResponse:
    """An answer that Cloudflare gives itself, without asking an origin."""

    status: int
    """The HTTP status, 200 to 599."""
    body: Optional[str] = None
    """The text, 1024 bytes at most. Defaults to none."""
    content_type: Optional[str] = None
    """Its type. Defaults to `text/plain`."""
    location: Optional[str] = None
    """Where a redirect leads, for a status of 301 to 308."""


@dataclass(kw_only=True, frozen=True)
class Route:
    """Requests that go elsewhere than the rest; the first route of the list that fits decides.

    Cloudflare calls them custom rules: https://developers.cloudflare.com/load-balancing/additional-options/load-balancing-rules/.
    A front has one, on Enterprise as many as the contract says, and none with steering geo.
    """

    name: str
    """A name for people, letters, digits, blanks, hyphens and underscores."""
    hostname: Optional[str] = None
    """The hostname or alias of the front that the request is for. Defaults to all."""
    path: Optional[str] = None
    """How its path begins, from the slash: `/api/`. Defaults to all."""
    expression: Optional[str] = None
    """A condition in Cloudflare's rules language instead: `http.cookie contains "preview=1"`."""
    pools: Optional[list[str]] = None
    """Names of the pools that it goes to, in failover order. They may be pools that no other visitor gets: `Pool.routes_only`. The last
    one that is enabled gets its visitors when none is healthy."""
    steering: Optional[Steering] = None
    """How it is steered among them. Defaults to the front's steering."""
    session_affinity: Optional[SessionAffinity] = None
    """Whether its visitor stays. Defaults to the front's."""
    respond: Optional[FixedResponse] = None
    """An answer of Cloudflare's own instead of `pools`: a page for maintenance, a redirect."""

    @property
    def condition(self) -> str:
        """The condition in Cloudflare's rules language."""
        if self.expression is not None:
            return self.expression
        parts = []
        if self.hostname is not None:
            parts.append(f'http.host eq "{self.hostname}"')
        if self.path is not None:
            parts.append(f'starts_with(http.request.uri.path, "{self.path}")')
        return " and ".join(parts)

    def fallback_pool(self, enabled: Collection[str]) -> str:
        """Name of the pool that its visitors get when none of `pools` is healthy: the last one of them that is enabled.

        Args:
            enabled: Names of the front's pools that are enabled.
        """
        return [name for name in self.pools or [] if name in enabled][-1]

    def check(self, pools: Collection[str], enabled: Collection[str], hostnames: Collection[str]) -> None:
        """Raises ArgumentError, its path below the route, if it cannot work.

        Args:
            pools: Names of the front's pools.
            enabled: Those of them that are enabled.
            hostnames: The front's names.
        """
        if not re.fullmatch(r"[A-Za-z0-9 _-]{1,200}", self.name):
            raise ArgumentError("name", "is no name of a rule", "take letters, digits, blanks, hyphens and underscores")
        if self.expression is not None and (self.hostname is not None or self.path is not None):
            raise ArgumentError("expression", "is given beside hostname or path", "write all of the condition in one of the two ways")
        if not self.condition.strip():
            raise ArgumentError("path", "is missing, and so are hostname and expression", "say which requests it is about")
        if self.hostname is not None and self.hostname not in hostnames:
            raise ArgumentError("hostname", f"{self.hostname} is none of the front's names", "add it to aliases")
        if self.path is not None and not re.fullmatch(r"/[A-Za-z0-9/._~%-]*", self.path):
            raise ArgumentError("path", f"{self.path!r} is no beginning of a path", "write one like /api/")
        if (self.pools is None) == (self.respond is None):
            raise ArgumentError("pools", "and respond are both given, or neither is", "give one of the two")
        if self.pools is not None:
            check_names(self.pools, pools, "pools")
            if not any(name in enabled for name in self.pools):
                mend = "enable one, or let Cloudflare answer itself: respond: {status: 503}"
                raise ArgumentError("pools", "none is enabled, so that nobody would get an answer", mend)
        if self.steering is Steering.GEO:
            raise ArgumentError("steering", "geo is for the whole front", "list the route's own pools in failover order")
        if self.session_affinity is SessionAffinity.HEADER:
            raise ArgumentError("session_affinity", "header is for the whole front", "take cookie or ip_cookie")
        if self.respond is not None:
            for name in ("steering", "session_affinity"):
                if getattr(self, name) is not None:
                    raise ArgumentError(name, "means nothing where Cloudflare answers itself", "leave it out")
            self._check_response(self.respond)

    @staticmethod
    def _check_response(response: FixedResponse) -> None:
        if not 200 <= response.status <= 599:
            raise ArgumentError("respond.status", f"{response.status} is outside 200 to 599", "503 is usual for maintenance")
        if response.body is not None and len(response.body.encode()) > 1024:
            raise ArgumentError("respond.body", f"is {len(response.body.encode())} bytes, over 1024", "serve long pages from an origin")
        for name, most in (("content_type", 32), ("location", 2048)):
            if len(getattr(response, name) or "") > most:
                raise ArgumentError(f"respond.{name}", f"is longer than {most} characters", "write a shorter one")
        if (response.location is not None) != (response.status in (301, 302, 303, 307, 308)):
            raise ArgumentError(
                "respond.location", "goes with a status of 301, 302, 303, 307 or 308, and they with it", "give both or neither"
            )
