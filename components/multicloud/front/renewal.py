"""When a certificate is renewed: a function of the date alone, so that every deployment of a day agrees. Pure.

Time is cut into periods, each as long as a certificate's validity less the margin. A certificate of one period is made anew by the first
deployment in the next: so however late in a period it was made, it has the whole margin left when the next one begins. The first
certificate of all may be renewed soon, since the periods were there before it.

Where the world takes a while to learn of a new certificate, two are there at all times, whose periods, their turns, begin half a period
apart: so one of them is always known everywhere, and the one that goes has been out of use for half a period.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Optional

from ..errors import ArgumentError


def period(as_of: date, validity_days: int, renew_before_days: int) -> int:
    """The number of the period in which a day is. It never falls, and grows by one where a certificate has to be made anew.

    Args:
        as_of: The day.
        validity_days: For how long a certificate is valid.
        renew_before_days: How many of these days are left when it is renewed at the latest, if somebody deploys on that day.
    """
    return as_of.toordinal() // (validity_days - renew_before_days)


def next_renewal(as_of: date, validity_days: int, renew_before_days: int) -> date:
    """The first day of the next period: from then on, a deployment renews."""
    length = validity_days - renew_before_days
    return as_of + timedelta(days=length - as_of.toordinal() % length)


@dataclass(kw_only=True, frozen=True)
class Turn:
    """A certificate's turn in the two that are there at all times."""

    number: int
    """It grows by one where the certificate has to be made anew."""
    begins: date
    """The first day of the turn."""
    ends: date
    """The first day of the next turn."""


def turns(as_of: date, validity_days: int, renew_before_days: int) -> dict[str, Turn]:
    """The turns of the two certificates, by name, `first` and `second`: half a period apart, so that never both are new.

    Args:
        as_of: The day.
        validity_days: For how long a certificate is valid.
        renew_before_days: How many of these days are left when it is renewed at the latest, if somebody deploys on that day.
    """
    length = validity_days - renew_before_days
    found = {}
    for name, later in (("first", timedelta()), ("second", timedelta(days=length // 2))):
        ends = next_renewal(as_of + later, validity_days, renew_before_days) - later
        number = period(as_of + later, validity_days, renew_before_days)
        found[name] = Turn(number=number, begins=ends - timedelta(days=length), ends=ends)
    return found


def newest(planned: dict[str, Turn]) -> str:
    """The name of the certificate whose turn began last."""
    return max(planned, key=lambda name: planned[name].begins)


def next_turn(planned: dict[str, Turn]) -> date:
    """The first day of whichever turn begins next: from then on, a deployment renews one of the two."""
    return min(turn.ends for turn in planned.values())


def default_margin(validity_days: int) -> int:
    """Days before its end at which a certificate is renewed where nothing is said: a third of its validity, 60 at most."""
    return min(validity_days // 3, 60)


def check_margin(validity_days: int, renew_before_days: int) -> None:
    """Raises ArgumentError at `renew_before_days` if nothing would be left of the margin, or of half a period."""
    if not 1 <= renew_before_days < validity_days:
        wrong = f"{renew_before_days} is outside 1 to {validity_days - 1} days, of the {validity_days} that a certificate is valid"
        raise ArgumentError("renew_before_days", wrong, f"leave it out, which is {default_margin(validity_days)}")
    if renew_before_days > validity_days - 2:
        raise ArgumentError("renew_before_days", f"{renew_before_days} leaves no time between renewals", "leave it out")


def day(as_of: str | None) -> date:
    """The day that a component goes by: the given one, in ISO form, or today's in UTC.

    Raises:
        ArgumentError: At `as_of` if it is no day.
    """
    if as_of is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise ArgumentError("as_of", f"{as_of!r} is no day", "write it as 2026-12-31, or leave it out, which is today") from None


@dataclass(kw_only=True, frozen=True)
class RenewedArgs:
    """What decides when certificates are renewed, wherever two are renewed in turn."""

    validity_days: Optional[int] = None
    """For how many days a certificate is valid. Defaults to 365."""
    renew_before_days: Optional[int] = None
    """How many days before its end each of the two certificates is replaced at the latest, if somebody deploys then. It leaves two days
    of the validity at least. Defaults to a third of it, 60 at most."""
    as_of: Optional[str] = None
    """The day that decides what is due, like 2026-12-31. Defaults to today, in UTC. Only to see what another day brings: with a fixed
    one, nothing is ever renewed."""

    @property
    def effective_validity_days(self) -> int:
        """For how many days a certificate is valid, the default filled in."""
        return 365 if self.validity_days is None else self.validity_days

    @property
    def effective_renew_before_days(self) -> int:
        """The margin in days, the default filled in."""
        return default_margin(self.effective_validity_days) if self.renew_before_days is None else self.renew_before_days

    def turns(self, as_of: date) -> dict[str, Turn]:
        """The turns of the two certificates on a day, by name."""
        return turns(as_of, self.effective_validity_days, self.effective_renew_before_days)

    def check(self) -> None:
        """Raises ArgumentError if a certificate could not be renewed in time, or if `as_of` is no day."""
        check_margin(self.effective_validity_days, self.effective_renew_before_days)
        day(self.as_of)
