"""A tier's schedule in the words of Google Cloud's autoscaler. Pure.

A scaling schedule can only raise the least number of machines, and of those that hold at a time the largest counts. So the least of
all numbers is the autoscaler's own, and whatever is above it is a schedule, be it a period or the time between two.

A schedule begins by the clock and lasts for so many seconds, whatever becomes of the clock meanwhile. Where summer time begins or ends,
most often in the night to a Sunday, it would end an hour late or early. So a time that lasts beyond that night is two schedules.

Source: https://docs.cloud.google.com/compute/docs/autoscaler/scaling-schedules
"""

from collections import defaultdict
from dataclasses import dataclass

from ..errors import ArgumentError
from .schedule import MINUTES_A_DAY, MINUTES_A_WEEK, SHORTEST, Change, Day, Schedule, changes

MOST = 128
"""The most schedules of one autoscaler, by the same source."""

AFTER_THE_NIGHT = Day.SUNDAY.number * MINUTES_A_DAY + 4 * 60
"""The minute of the week by which the clock has changed, if it does: four on Sunday."""

OVERLAP = 60
"""The most minutes by which it changes."""


@dataclass(kw_only=True, frozen=True)
class Raised:
    """A time, every week on the same days, with more machines than the fewest."""

    change: Change
    """When it begins."""
    minutes: int
    """How long it lasts."""
    servers: int
    """How many machines there are then at least."""

    @property
    def name(self) -> str:
        """Unique among those of a schedule, and stable: `mon-tue-0800`."""
        days = "-".join(day.value[:3] for day in self.change.days)
        return f"{days}-{self.change.hour:02}{self.change.minute:02}"


def fewest(schedule: Schedule | None, base: int) -> int:
    """The smallest number of machines at any time.

    Args:
        schedule: Checked; None for the same number at all times.
        base: The number outside all periods.
    """
    return base if schedule is None else min(base, schedule.least)


def raised(schedule: Schedule, base: int) -> list[Raised]:
    """Every time with more machines than the fewest, in a stable order.

    A time between two periods that is too short for Google's autoscaler is left out: no machine would be ready before its end. One that
    ends before five on a Sunday may, on the day when summer time ends, end up to an hour early.

    Args:
        schedule: Checked.
        base: The number outside all periods.

    Raises:
        ArgumentError: At `schedule.periods`, if they are more than Google takes.
    """
    moments = sorted(
        (day.number * MINUTES_A_DAY + change.hour * 60 + change.minute, base if change.servers is None else change.servers)
        for change in changes(schedule)
        for day in change.days
    )
    following = [moment for moment, _ in moments[1:]] + [moments[0][0] + MINUTES_A_WEEK]
    alike: dict[tuple[int, int, int], list[Day]] = defaultdict(list)
    for (moment, servers), end in zip(moments, following, strict=True):
        if servers > fewest(schedule, base) and end - moment >= SHORTEST:
            for begin, minutes in _parts(moment, end):
                alike[begin % MINUTES_A_DAY, minutes, servers].append(list(Day)[begin // MINUTES_A_DAY])
    if len(alike) > MOST:
        wrong = f"make {len(alike)} scaling schedules, and Google Cloud takes {MOST}"
        raise ArgumentError("schedule.periods", wrong, "let more of them begin and end at the same times")
    return [
        Raised(change=Change(days=tuple(days), hour=minute // 60, minute=minute % 60, servers=servers), minutes=minutes, servers=servers)
        for (minute, minutes, servers), days in sorted(alike.items(), key=lambda item: (item[0][0], item[1][0].number))
    ]


def _parts(begin: int, end: int) -> list[tuple[int, int]]:
    """A time as those that each last as long by the clock as in truth: when they begin, and how many minutes they last.

    The part that spans the night to Sunday overlaps the next one, so that there is no gap if it ends early. Where it ends late, that is
    within the next one, too, but for one that ends soon itself.
    """
    cut = next((cut for cut in (AFTER_THE_NIGHT, AFTER_THE_NIGHT + MINUTES_A_WEEK) if begin < cut <= end - SHORTEST), None)
    if cut is None:
        return [(begin, end - begin)]
    return [(begin, min(cut + OVERLAP, end) - begin), (cut % MINUTES_A_WEEK, end - cut)]
