"""How many machines run at which time of the week. Pure: the clouds' own words for it stand in their modules."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ..errors import ArgumentError, closest

MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY

SHORTEST = 5
"""Minutes that a period lasts at least: https://cloud.google.com/compute/docs/autoscaler/scaling-schedules."""

MOST_PERIODS = 60
"""Each makes two scheduled actions on AWS, of which a group holds 125.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html
"""


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday."""
        return list(Day).index(self)


@dataclass(kw_only=True, frozen=True)
class Period:
    """A time of the week with a number of machines of its own."""

    days: list[Day]
    """The days on which it begins: `[monday, tuesday, wednesday, thursday, friday]`."""
    start: str
    """When it begins, in hours and minutes: `08:00`."""
    end: str
    """When it ends: `21:00`, or `24:00` for midnight. Not later than `start`, it is on the next day."""
    servers: int
    """How many machines run then: exactly so many where `servers` is a fixed number, and at least so many where it scales."""

    @property
    def start_minute(self) -> int:
        """The minute of the day when it begins."""
        return _minute(self.start)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return (_minute(self.end) - self.start_minute - 1) % MINUTES_A_DAY + 1

    @property
    def starts(self) -> list[int]:
        """The minutes of the week when it begins, Monday's midnight being 0."""
        return [day.number * MINUTES_A_DAY + self.start_minute for day in sorted(self.days, key=lambda day: day.number)]

    def check(self) -> None:
        """Raises ArgumentError, its path below the period, if it cannot work."""
        if not self.days:
            raise ArgumentError("days", "names no day", "name one at least, like [saturday, sunday]")
        if len(set(self.days)) != len(self.days):
            raise ArgumentError("days", "names a day twice", "name each once")
        for path, text, last in (("start", self.start, "23:59"), ("end", self.end, "24:00")):
            if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) and not (text == last == "24:00"):
                raise ArgumentError(path, f"{text!r} is no time of the day", f"write hours and minutes, 00:00 to {last}, in quotes")
        if self.minutes < SHORTEST:
            raise ArgumentError("end", f"is less than {SHORTEST} minutes after start", "give a longer period")
        if self.servers < 1:
            raise ArgumentError("servers", f"{self.servers} is below 1", "give at least 1 machine")


@dataclass(kw_only=True, frozen=True)
class Schedule:
    """Numbers of machines for times of the week; outside its periods, `servers` says how many."""

    time_zone: str
    """The zone of all its times, as the IANA names it: `Europe/Berlin`. Summer time is followed."""
    periods: list[Period]
    """The times, which must not overlap. One may end when another begins."""

    @property
    def most(self) -> int:
        """The largest number of machines in any period."""
        return max(period.servers for period in self.periods)

    @property
    def least(self) -> int:
        """The smallest number of machines in any period."""
        return min(period.servers for period in self.periods)

    def check(self) -> None:
        """Raises ArgumentError, its path below `schedule`, if it cannot work."""
        if self.time_zone not in time_zones():
            raise ArgumentError("schedule.time_zone", f"{self.time_zone!r} is no time zone", _mend_zone(self.time_zone))
        if not 1 <= len(self.periods) <= MOST_PERIODS:
            raise ArgumentError("schedule.periods", f"has {len(self.periods)} periods", f"give 1 to {MOST_PERIODS}, or leave schedule out")
        for index, period in enumerate(self.periods):
            try:
                period.check()
            except ArgumentError as error:
                raise error.under(f"schedule.periods[{index}]") from None
        self._check_disjoint()

    def _check_disjoint(self) -> None:
        """A period lasts a day at most and names a day once, so it cannot overlap itself."""
        begins = sorted((start, index) for index, period in enumerate(self.periods) for start in period.starts)
        first, first_index = begins[0]
        for (start, index), (following, other) in zip(begins, [*begins[1:], (first + MINUTES_A_WEEK, first_index)], strict=True):
            if start + self.periods[index].minutes > following:
                earlier, later = sorted((index, other))
                wrong = f"overlaps periods[{earlier}] on {_day(following % MINUTES_A_WEEK)}"
                raise ArgumentError(f"schedule.periods[{later}]", wrong, "let one end before the other begins")


@dataclass(kw_only=True, frozen=True)
class Change:
    """A moment, every week on the same days, when the number of machines becomes another one."""

    days: tuple[Day, ...]
    """The days, from Monday on."""
    hour: int
    """The hour of the day, 0 to 23, in the schedule's time zone."""
    minute: int
    """The minute of the hour."""
    servers: int | None
    """The number from then on. None for the number outside all periods."""

    @property
    def cron(self) -> str:
        """The moment in cron's words, Sunday being 0."""
        days = "*" if len(self.days) == 7 else ",".join(str(number) for number in sorted((day.number + 1) % 7 for day in self.days))
        return f"{self.minute} {self.hour} * * {days}"


def changes(schedule: Schedule) -> list[Change]:
    """All moments when the number of machines changes, in a stable order. Where a period ends as another begins, there is one change.

    Args:
        schedule: Checked.
    """
    moments: dict[int, int | None] = {
        (start + period.minutes) % MINUTES_A_WEEK: None for period in schedule.periods for start in period.starts
    }
    moments |= {start: period.servers for period in schedule.periods for start in period.starts}
    alike: dict[tuple[int, int | None], list[Day]] = defaultdict(list)
    for moment, servers in sorted(moments.items()):
        alike[moment % MINUTES_A_DAY, servers].append(list(Day)[moment // MINUTES_A_DAY])
    return [
        Change(days=tuple(days), hour=minute // 60, minute=minute % 60, servers=servers)
        for (minute, servers), days in sorted(alike.items(), key=lambda item: (item[0][0], item[1][0].number))
    ]


def servers_at(schedule: Schedule, base: int, minute: int) -> int:
    """How many machines run at a minute of the week, by the periods themselves.

    Args:
        schedule: Checked.
        base: The number outside all periods.
        minute: Minutes since Monday's midnight.
    """
    for period in schedule.periods:
        if any((minute - start) % MINUTES_A_WEEK < period.minutes for start in period.starts):
            return period.servers
    return base


@cache
def time_zones() -> frozenset[str]:
    """The IANA's names of all time zones: those of the `tzdata` package, so that they are the same on every machine."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}


def _mend_zone(name: str) -> str:
    mend = closest(name, sorted(time_zones()))
    return mend if mend.startswith("did") else "write one like Europe/Berlin, America/New_York or UTC"


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _day(minute: int) -> str:
    return list(Day)[minute // MINUTES_A_DAY].value
