"""An environment: what one stack file says, checked."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Self

from pydantic import model_validator

from multicloud import tags
from multicloud.database.pair import PostgresPairArgs
from multicloud.errors import ArgumentError, closest
from multicloud.front.hostnames import check_within
from multicloud.network import addresses
from multicloud.regions import check_region
from multicloud.web.contract import MOST_MACHINES, Origin

from . import mapping
from .base import Part, joined, refuse
from .certificates import asked_by_pulls, check_certificate, check_pulls
from .front import Front
from .records import check_records, origin_count
from .secrets import EXAMPLES
from .tunnels import check_exposure, check_shared
from .web import AnyTier, CloudTier, ExternalTier, Tier


class Accounts(Part):
    """Whose accounts everything lands in."""

    aws: str | None = None
    """Number of the AWS account, in quotes: credentials of any other are refused. Defaults to whatever the credentials lead to."""
    gcp: str | None = None
    """Id of the Google Cloud project. Defaults to what the environment says (GOOGLE_CLOUD_PROJECT and the like)."""

    def check(self) -> None:
        """Raises ArgumentError if an account cannot be one."""
        if self.aws is not None and not re.fullmatch(r"[0-9]{12}", self.aws):
            raise ArgumentError("accounts.aws", "is not the number of an account", "write its 12 digits, in quotes")
        if self.gcp is not None and not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", self.gcp):
            raise ArgumentError("accounts.gcp", "is not the id of a project", "write 6 to 30 lower-case letters, digits and hyphens")


class Environment(Part):
    """One web application on one cloud or several, behind one name."""

    front: Front
    """The one name that visitors know."""
    web: dict[str, AnyTier]
    """The web tiers by name. A name is an identity: with another name a tier is made anew."""
    database: PostgresPairArgs | None = None
    """A database in one cloud with its replica in another. Defaults to none."""
    accounts: Accounts | None = None
    """Whose accounts everything lands in. Defaults to what the credentials lead to."""
    tags: dict[str, str] | None = None
    """Laid over the tags that every resource gets: project, stack, component, managed-by."""

    @property
    def order(self) -> list[str]:
        """The tiers' names, the first choice first."""
        return self.front.order or sorted(self.web)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(
            self._check_there_is_a_tier,
            *(partial(self._check_name, name) for name in self.web),
            self._check_order,
            *(partial(check_exposure, self.front, tier, joined("web", name)) for name, tier in self.web.items()),
            *(partial(self._check_health, name) for name in self.web),
            *(partial(self._check_port, name) for name in self.web),
            *(partial(self._check_registered_name, name) for name in self.web),
            self._check_mode,
            partial(check_certificate, self.front, self.web),
            partial(check_pulls, self.front, self.web),
            self._check_networks,
            *(partial(self._check_tier, name) for name in self.web),
            self._check_front,
            self._check_origin_certificate,
            self._check_database,
            (self.accounts or Accounts()).check,
            lambda: tags.check(self.tags or {}),
            *(partial(self._check_tags, joined("web", name), tier.tags) for name, tier in self.web.items()),
            partial(self._check_tags, "database", self.database.tags if self.database else None),
        )
        return self

    def _check_there_is_a_tier(self) -> None:
        if not self.web:
            raise ArgumentError("web", "has no tier", "give at least one, like aws: {cloud: aws, region: eu-central-1, servers: {min: 2}}")

    def _check_name(self, name: str) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,28}[a-z0-9]", name):
            mend = "take 2 to 30 lower-case letters, digits and hyphens, beginning with a letter"
            raise ArgumentError(joined("web", name), "is not a name that every cloud takes", mend)

    def _check_order(self) -> None:
        given, needs = self.front.order, self.front.needs_order
        if given is None:
            if len(self.web) > 1 and needs:
                mend = f"name the tiers, the first choice first, like [{', '.join(self.web)}]"
                raise ArgumentError("front.order", f"is missing, and {needs} goes by it", mend)
            return
        for index, name in enumerate(given):
            if name not in self.web:
                raise ArgumentError(f"front.order[{index}]", f"{name!r} is no tier of web", closest(name, self.web))
            if name in given[:index]:
                raise ArgumentError(f"front.order[{index}]", f"{name} is there already", "leave it out")
        if missing := [name for name in self.web if name not in given]:
            raise ArgumentError("front.order", f"lacks {', '.join(missing)}", "name every tier of web")

    def _check_health(self, name: str) -> None:
        """The front asks all tiers alike, where it asks at all."""
        if self.front.is_records or self.front.is_tunnel:
            return
        first, *_ = self.web
        ours, theirs = self.web[name].health, self.web[first].health
        for field, own, other in (
            ("path", ours.effective_path, theirs.effective_path),
            ("expected_status", ours.effective_status, theirs.effective_status),
        ):
            if own != other:
                wrong = f"{own} differs from that of {first}, {other}, and the front asks all tiers alike"
                raise ArgumentError(f"{joined('web', name)}.health_check.{field}", wrong, "give all tiers the same")

    def _check_port(self, name: str) -> None:
        """It goes to one port of all origins, where it does not lead to a tunnel that all tiers share."""
        if self.front.is_tunnel:
            return
        first, *_ = self.web
        tier, other = self.web[name], self.web[first]
        ours, theirs = mapping.origin_port(tier), mapping.origin_port(other)
        if ours not in (80, 443) and (self.front.is_records or self.front.is_open):
            mend = "say front.mode: load_balancer" if self.front.is_records else "leave front.dns.proxied out"
            wrong = f"leads to port {ours}, and a record says no port"
            raise ArgumentError(f"{joined('web', name)}.health_check.port", wrong, f"take 80, or {mend}")
        if ours == theirs:
            return
        where, mend = "health_check.port", "give all machines that are reached without a load balancer the same"
        if 443 in (ours, theirs) and isinstance(tier, CloudTier):
            where, mend = "certificate", "let all tiers have a certificate, or none"
        if tier.is_tunnelled or other.is_tunnelled:
            where = "exposure" if tier.is_tunnelled else where
            mend = "let all tiers have a certificate or a tunnel, or none: Cloudflare asks tunnels over HTTPS"
        wrong = f"leads to port {ours}, and that of {first} to {theirs}, and the front goes to the same port of all tiers"
        raise ArgumentError(f"{joined('web', name)}.{where}", wrong, mend)

    def _check_registered_name(self, name: str) -> None:
        """Whatever stands at the name beside the machines would be taken for one of them, and taken away."""
        registration = self.web[name].registration
        if registration is None:
            return
        hostname, path = registration.hostname, f"{joined('web', name)}.registration.hostname"
        check_within(hostname, self.front.zone, path)
        mend = "give the machines a name that nothing else uses, like origins-" + f"{name}.{self.front.zone}"
        if hostname in self.front.names:
            raise ArgumentError(path, f"{hostname} is the front's own name", mend)
        for other, tier in self.web.items():
            if other == name:
                return
            if tier.registration and tier.registration.hostname == hostname:
                raise ArgumentError(path, f"{hostname} is where the machines of {other} register, too", mend)

    def _check_mode(self) -> None:
        if self.front.is_records:
            check_records(self.web)
        if self.front.is_tunnel:
            check_shared(self.web)

    def _check_networks(self) -> None:
        networks = {
            f"{joined('web', name)}.network": tier.own_network
            for name, tier in self.web.items()
            if isinstance(tier, CloudTier) and tier.own_network
        }
        if self.database and self.database.primary.cloud != self.database.replica.cloud:  # which is refused elsewhere
            # Cloud SQL's servers have none.
            networks |= {
                f"database.{role}.network": server.network or addresses.DEFAULT_DATABASE_NETWORKS["aws"]
                for role, server in (("primary", self.database.primary), ("replica", self.database.replica))
                if server.cloud == "aws"
            }
        addresses.check_disjoint(networks)

    def _check_tier(self, name: str) -> None:
        """What only the tier's cloud knows."""
        try:
            mapping.checked_args(self.web[name], EXAMPLES.expected(self.front))
        except ArgumentError as error:
            raise asked_by_pulls(error).under(joined("web", name)) from None

    def _check_front(self) -> None:
        tiers = {name: self.web[name] for name in self.order if name in self.web} or self.web
        if not tiers:
            return
        try:
            mapping.front_args(self.front, tiers, _example_origins(tiers)).check()
        except ArgumentError as error:
            if error.path == "origin_port":
                return  # of which `_check_port` says whose it is
            # A pool is a tier to whoever writes the file.
            pool = re.fullmatch(r"pools(?:\[(\d+)\])?\.?(.*)", error.path)
            if not pool:
                raise error.under("front") from None
            if not pool[1]:
                raise ArgumentError("web", error.wrong, error.mend) from None
            name = list(tiers)[int(pool[1])]
            field = _said_by(tiers[name]) if pool[2] in ("origins", "origin_count") else pool[2]
            raise ArgumentError(field, error.wrong, error.mend).under(joined("web", name)) from None

    def _check_origin_certificate(self) -> None:
        try:
            mapping.checked_certificate(self.front, self.web.values())
        except ArgumentError as error:
            raise error.under("front") from None

    def _check_tags(self, path: str, own: dict[str, str] | None) -> None:
        """A part's own tags laid over the environment's: both may be right, and together wrong."""
        if not self.tags or not own:
            return
        try:
            tags.check(self.tags)
            tags.check(own)
        except ArgumentError:
            return  # which is said where it stands
        tags.check({**self.tags, **own}, f"{path}.tags")

    def _check_database(self) -> None:
        if self.database:
            try:
                self.database.check()
            except ArgumentError as error:
                raise error.under("database") from None
            for role in ("primary", "replica"):
                server = getattr(self.database, role)
                check_region(server.cloud, server.region, f"database.{role}.region")


def _said_by(tier: Tier) -> str:
    """What of a tier says how many origins it has, or asks for more."""
    if (tier.minimum_origins or 1) > origin_count(tier):
        return "minimum_origins"
    if tier.is_tunnelled:
        return "exposure"
    return "addresses" if isinstance(tier, ExternalTier) else "servers.min"


def _example_origins(tiers: Mapping[str, Tier]) -> dict[str, list[Origin]]:
    """As many origins as each tier will have, 2000 at most."""
    return {
        name: [{"name": name, "address": f"{place:08x}-0000-0000-0000-000000000000.cfargotunnel.com", "weight": 1}]
        if tier.is_tunnelled
        else [
            {"name": f"origin-{index}", "address": f"2001:db8:{place}::{index}", "weight": 1}
            for index in range(1, min(origin_count(tier), MOST_MACHINES) + 1)
        ]
        for place, (name, tier) in enumerate(tiers.items(), 1)
    }
