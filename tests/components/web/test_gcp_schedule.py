"""A schedule in the words of Google Cloud's autoscaler: at every minute of the week it asks for the machines that the schedule says."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.web.contract import Servers
from multicloud.web.gcp_schedule import AFTER_THE_NIGHT, OVERLAP, Raised, fewest, raised
from multicloud.web.schedule import MINUTES_A_DAY, MINUTES_A_WEEK, SHORTEST, Day, Period, Schedule, servers_at
from tests.components.web.gcp_tier import AUTOSCALER, GROUP, build
from tests.recording import Recording

WORKDAYS = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY]
OFFICE = Schedule(time_zone="Europe/Berlin", periods=[Period(days=WORKDAYS, start="08:00", end="21:00", servers=3)])
NIGHTS = Schedule(time_zone="Europe/Berlin", periods=[Period(days=list(Day), start="22:00", end="06:00", servers=1)])


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any schedule: periods cut out of a week of days that are all alike, or of weekends and workdays."""
    periods = []
    for days in ([*Day],) if draw(st.booleans()) else (WORKDAYS, [Day.SATURDAY, Day.SUNDAY]):
        cuts = sorted(draw(st.sets(st.integers(0, MINUTES_A_DAY - 1), min_size=2, max_size=8)))
        for start, end in itertools.pairwise(cuts):
            if end - start >= SHORTEST and draw(st.booleans()):
                periods.append(Period(days=days, start=clock(start), end=clock(end), servers=draw(st.integers(1, 5))))
    assume(periods)
    schedule = Schedule(time_zone="Europe/Berlin", periods=periods)
    schedule.check()
    return schedule


def asked(times: list[Raised], least: int, minute: int) -> int:
    """The least number that an autoscaler keeps at a minute of the week."""
    return max(
        [least]
        + [
            time.servers
            for time in times
            for day in time.change.days
            if (minute - day.number * MINUTES_A_DAY - time.change.hour * 60 - time.change.minute) % MINUTES_A_WEEK < time.minutes
        ]
    )


@given(schedules(), st.integers(1, 5))
def test_every_minute_has_its_number(schedule: Schedule, base: int) -> None:
    """But for times too short for the autoscaler, whose fewer machines do not matter."""
    times, least = raised(schedule, base), fewest(schedule, base)
    begins = {start for period in schedule.periods for start in period.starts}
    ends = {start + period.minutes for period in schedule.periods for start in period.starts}
    for moment, shift in itertools.product(begins | ends, (-1, 0)):
        minute = (moment + shift) % MINUTES_A_WEEK
        got, wanted = asked(times, least, minute), servers_at(schedule, base, minute)
        near = {place % MINUTES_A_WEEK for place in range(minute - SHORTEST, minute + SHORTEST + 1)}
        short = len(near & {place % MINUTES_A_WEEK for place in begins}) and len(near & {place % MINUTES_A_WEEK for place in ends})
        assert got == wanted or (short and got < wanted)


@given(schedules(), st.integers(1, 5))
def test_names_are_unique_and_no_schedule_is_too_short_or_for_nothing(schedule: Schedule, base: int) -> None:
    times = raised(schedule, base)
    assert len({time.name for time in times}) == len(times)
    assert all(time.minutes >= SHORTEST and time.servers > fewest(schedule, base) for time in times)


@given(schedules(), st.integers(1, 5), st.sampled_from(["2026-03-23", "2026-10-19"]))
def test_no_hour_has_too_few_where_the_clock_changes(schedule: Schedule, base: int, monday: str) -> None:
    """The week in which summer time begins in Berlin and that in which it ends, after the night of it: a schedule lasts so many seconds,
    whatever becomes of the clock meanwhile."""
    berlin, first = ZoneInfo("Europe/Berlin"), datetime.fromisoformat(monday)

    def instant(minute: int) -> datetime:
        return (first + timedelta(minutes=minute)).replace(tzinfo=berlin).astimezone(UTC)

    running = [
        (begin, begin + timedelta(minutes=time.minutes), time.servers)
        for time in raised(schedule, base)
        for week in (-MINUTES_A_WEEK, 0)
        for day in time.change.days
        for begin in [instant(week + day.number * MINUTES_A_DAY + time.change.hour * 60 + time.change.minute)]
    ]
    begins = {start for period in schedule.periods for start in period.starts}
    ends = {(start + period.minutes) % MINUTES_A_WEEK for period in schedule.periods for start in period.starts}
    for minute in range(AFTER_THE_NIGHT + OVERLAP, MINUTES_A_WEEK, 5):
        near = {place % MINUTES_A_WEEK for place in range(minute - SHORTEST, minute + SHORTEST + 1)}
        if not (near & begins and near & ends):
            got = max([fewest(schedule, base)] + [servers for begin, end, servers in running if begin <= instant(minute) < end])
            assert got >= servers_at(schedule, base, minute), clock(minute % MINUTES_A_DAY)


def test_a_time_that_spans_the_night_to_sunday_is_two_schedules(recording: Recording) -> None:
    """From Friday evening to Monday morning: the second begins by the clock, before the first can have ended."""
    nights = Schedule(time_zone="Europe/Berlin", periods=[Period(days=WORKDAYS, start="08:00", end="21:00", servers=1)])
    build(recording, schedule=nights)
    told = recording.one(AUTOSCALER).inputs["autoscalingPolicy"]["scalingSchedules"]
    assert {(time["name"], time["schedule"], time["durationSec"] / 3600) for time in told} == {
        ("mon-tue-wed-thu-2100", "0 21 * * 1,2,3,4", 11),
        ("fri-2100", "0 21 * * 5", 3 + 24 + 5),
        ("sun-0400", "0 4 * * 0", 20 + 8),
    }


def test_a_period_with_more_machines_is_one_schedule(recording: Recording) -> None:
    """Three on weekdays from 8 to 21, otherwise two. CPU use, which Google would scale by at 60 percent, has no say at 100."""
    build(recording, schedule=OFFICE)
    assert recording.one(AUTOSCALER).inputs["autoscalingPolicy"] == {
        "minReplicas": 2,
        "maxReplicas": 3,
        "cooldownPeriod": 300,
        "cpuUtilization": {"target": 1},
        "scalingSchedules": [
            {
                "name": "mon-tue-wed-thu-fri-0800",
                "schedule": "0 8 * * 1,2,3,4,5",
                "timeZone": "Europe/Berlin",
                "durationSec": 13 * 3600,
                "minRequiredReplicas": 3,
            }
        ],
    }
    group = recording.one(GROUP)
    assert group.inputs["targetSize"] == 2 and "targetSize" in group.ignore_changes


def test_a_period_with_fewer_machines_raises_the_time_between(recording: Recording) -> None:
    """A schedule can only raise the number, so the fewest is the autoscaler's own."""
    build(recording, schedule=NIGHTS)
    policy = recording.one(AUTOSCALER).inputs["autoscalingPolicy"]
    assert (policy["minReplicas"], policy["maxReplicas"]) == (1, 2)
    [day] = policy["scalingSchedules"]
    assert (day["schedule"], day["durationSec"], day["minRequiredReplicas"]) == ("0 6 * * *", 16 * 3600, 2)
    assert recording.one(GROUP).inputs["targetSize"] == 1


def test_a_tier_that_scales_goes_on_scaling(recording: Recording) -> None:
    build(recording, servers=Servers(min=2, max=6), schedule=OFFICE)
    policy = recording.one(AUTOSCALER).inputs["autoscalingPolicy"]
    assert (policy["minReplicas"], policy["maxReplicas"], policy["cpuUtilization"]) == (2, 6, {"target": 0.6})
    assert [schedule["minRequiredReplicas"] for schedule in policy["scalingSchedules"]] == [3]


def test_more_schedules_than_google_takes_are_refused(recording: Recording) -> None:
    periods = [
        Period(days=[day], start=f"{hour:02}:0{day.number}", end=f"{hour:02}:3{day.number}", servers=2) for hour in range(24) for day in Day
    ]
    with pytest.raises(ArgumentError) as refused:
        raised(Schedule(time_zone="UTC", periods=periods), 1)
    assert str(refused.value) == (
        "schedule.periods: make 168 scaling schedules, and Google Cloud takes 128; let more of them begin and end at the same times"
    )
