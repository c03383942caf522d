"""A schedule is a step function over the week: what the clouds are told makes the numbers that its periods state."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.web.contract import Servers, WebTierArgs
from multicloud.web.schedule import (
    MINUTES_A_DAY,
    MINUTES_A_WEEK,
    MOST_PERIODS,
    SHORTEST,
    Change,
    Day,
    Period,
    Schedule,
    changes,
    servers_at,
    time_zones,
)

WORKDAYS = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY]
OFFICE = Schedule(time_zone="Europe/Berlin", periods=[Period(days=WORKDAYS, start="08:00", end="21:00", servers=3)])
"""Three servers on weekdays from 8 to 21 in Berlin."""

ANY_MINUTE = st.integers(0, MINUTES_A_WEEK - 1)


def clock(minute: int) -> str:
    """A minute of the day as a period writes it."""
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def legal(draw: st.DrawFn) -> Schedule:
    """Any schedule without overlaps: a circle of a week is cut into arcs, and some arcs are periods."""
    periods = []
    for start, end in draw(arcs()):
        servers = draw(st.one_of(st.none(), st.integers(1, 9)))
        if servers is not None:
            day = list(Day)[start // MINUTES_A_DAY]
            periods.append(Period(days=[day], start=clock(start % MINUTES_A_DAY), end=clock(end % MINUTES_A_DAY), servers=servers))
    periods = periods or [Period(days=[Day.SUNDAY], start="00:00", end="24:00", servers=1)]
    return Schedule(time_zone="UTC", periods=draw(st.permutations(merged(periods))))


@st.composite
def arcs(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Neighbouring stretches of the week, each as long as a period may be; the last one may go over the week's end."""
    rough = st.integers(0, MINUTES_A_WEEK // 60 - 1).map(lambda hour: hour * 60)  # so that times of two days are often the same
    cuts = sorted(draw(st.sets(st.one_of(ANY_MINUTE, rough), min_size=2, max_size=12)))
    pairs = zip(cuts, [*cuts[1:], cuts[0] + MINUTES_A_WEEK], strict=True)
    return [(start, end) for start, end in pairs if SHORTEST <= end - start <= MINUTES_A_DAY]


def merged(periods: list[Period]) -> list[Period]:
    """The same times in fewer periods: those that differ in nothing but the day become one."""
    alike: dict[tuple[str, str, int], list[Day]] = {}
    for period in periods:
        alike.setdefault((period.start, period.end, period.servers), []).extend(period.days)
    return [Period(days=days, start=start, end=end, servers=servers) for (start, end, servers), days in alike.items()]


def replayed(made: list[Change], base: int, minute: int) -> int:
    """The number at a minute of the week as a cloud comes to it that does what each change says at each of its days."""
    moments = {day.number * MINUTES_A_DAY + change.hour * 60 + change.minute: change.servers for change in made for day in change.days}
    assert len(moments) == sum(len(change.days) for change in made), "two changes at one moment"
    # The week before left off with the last change of the week.
    latest = max((moment for moment in moments if moment <= minute), default=max(moments))
    servers = moments[latest]
    return base if servers is None else servers


@given(legal(), st.integers(1, 9), ANY_MINUTE)
def test_the_changes_replayed_give_the_number_at_any_minute(schedule: Schedule, base: int, minute: int) -> None:
    """What scheduled actions make is what the periods say, over midnight and over the week's end, too."""
    schedule.check()
    assert replayed(changes(schedule), base, minute) == servers_at(schedule, base, minute)


@given(legal(), st.data())
def test_each_end_of_a_period_is_replayed_to_the_minute(schedule: Schedule, data: st.DataObject) -> None:
    """Where mistakes by one would be: the minutes before, at and after a beginning and an end."""
    period = data.draw(st.sampled_from(schedule.periods))
    edge = data.draw(st.sampled_from(period.starts)) + data.draw(st.sampled_from([0, period.minutes])) + data.draw(st.integers(-1, 1))
    minute = edge % MINUTES_A_WEEK
    assert replayed(changes(schedule), 99, minute) == servers_at(schedule, 99, minute)


@given(legal())
def test_a_period_states_its_number_from_its_start_until_its_end(schedule: Schedule) -> None:
    """`servers_at` itself against the plain reading of a period: the first and the last minute are its own."""
    for period in schedule.periods:
        for start in period.starts:
            assert servers_at(schedule, 99, start) == period.servers
            assert servers_at(schedule, 99, (start + period.minutes - 1) % MINUTES_A_WEEK) == period.servers


@given(legal())
def test_order_of_periods_and_of_days_changes_nothing(schedule: Schedule) -> None:
    """So that sorting a stack file is no change of infrastructure."""
    turned = replace(schedule, periods=[replace(period, days=period.days[::-1]) for period in schedule.periods[::-1]])
    turned.check()
    assert changes(turned) == changes(schedule)


@given(legal())
def test_no_two_changes_are_at_one_time_with_one_number(schedule: Schedule) -> None:
    """Days are gathered, so that a cloud's limit of scheduled actions is reached as late as can be."""
    made = [(change.hour, change.minute, change.servers) for change in changes(schedule)]
    assert len(set(made)) == len(made)
    assert len(made) <= 2 * len(schedule.periods)


@given(legal(), st.data())
def test_a_period_over_another_is_refused(schedule: Schedule, data: st.DataObject) -> None:
    """Wherever the overlap lies, in whichever order the two stand, at the later of the two, naming the earlier."""
    victim = data.draw(st.sampled_from(schedule.periods))
    inside = (data.draw(st.sampled_from(victim.starts)) + data.draw(st.integers(0, victim.minutes - 1))) % MINUTES_A_WEEK
    length = data.draw(st.integers(SHORTEST, MINUTES_A_DAY))
    day, start = list(Day)[inside // MINUTES_A_DAY], inside % MINUTES_A_DAY
    intruder = Period(days=[day], start=clock(start), end=clock((start + length) % MINUTES_A_DAY), servers=5)
    periods = list(schedule.periods)
    periods.insert(data.draw(st.integers(0, len(periods))), intruder)
    with pytest.raises(ArgumentError) as caught:
        replace(schedule, periods=periods).check()
    path = re.fullmatch(r"schedule\.periods\[(\d+)\]", caught.value.path)
    earlier = re.fullmatch(r"overlaps periods\[(\d+)\] on (\w+)", caught.value.wrong)
    assert path and earlier
    assert int(earlier[1]) < int(path[1]) < len(periods)
    assert periods.index(intruder) in (int(earlier[1]), int(path[1])), "one of the two is the intruder, since the others were legal"
    assert earlier[2] in list(Day)


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        (("monday", "08:00", "12:00"), ("monday", "11:59", "13:00"), "monday"),
        (("monday", "08:00", "12:00"), ("monday", "08:00", "12:00"), "monday"),
        (("monday", "08:00", "12:00"), ("monday", "08:00", "09:00"), "monday"),
        (("monday", "00:00", "24:00"), ("monday", "12:00", "13:00"), "monday"),
        (("monday", "22:00", "06:00"), ("tuesday", "05:00", "07:00"), "tuesday"),
        (("sunday", "22:00", "06:00"), ("monday", "05:00", "07:00"), "monday"),
        (("monday", "05:00", "07:00"), ("sunday", "22:00", "06:00"), "monday"),
        (("sunday", "12:00", "12:00"), ("monday", "00:00", "01:00"), "monday"),
    ],
)
def test_an_overlap_is_named_by_its_periods_and_its_day(first: tuple[str, str, str], second: tuple[str, str, str], day: str) -> None:
    periods = [Period(days=[Day(on)], start=start, end=end, servers=2) for on, start, end in (first, second)]
    with pytest.raises(ArgumentError) as caught:
        Schedule(time_zone="UTC", periods=periods).check()
    assert str(caught.value) == f"schedule.periods[1]: overlaps periods[0] on {day}; let one end before the other begins"


@pytest.mark.parametrize(
    "periods",
    [
        [("monday", "08:00", "12:00"), ("monday", "12:00", "13:00")],
        [("monday", "12:00", "24:00"), ("tuesday", "00:00", "13:00")],
        [("sunday", "22:00", "06:00"), ("monday", "06:00", "07:00")],
        [(day.value, "00:00", "24:00") for day in Day],
        [(day.value, "08:00", "08:00") for day in Day],
    ],
    ids=["one after the other", "over midnight", "over the week's end", "the whole week by days", "the whole week from morning to morning"],
)
def test_one_may_end_when_another_begins(periods: list[tuple[str, str, str]]) -> None:
    """And then there is one change, to the number of the one that begins."""
    made = [Period(days=[Day(on)], start=start, end=end, servers=index + 2) for index, (on, start, end) in enumerate(periods)]
    schedule = Schedule(time_zone="UTC", periods=made)
    schedule.check()
    begins = {(period.days[0], period.start) for period in made}
    assert {
        (day, f"{change.hour:02}:{change.minute:02}") for change in changes(schedule) for day in change.days if change.servers
    } == begins


def test_office_hours_are_two_changes() -> None:
    """Three servers on weekdays from 8 to 21 in Berlin, otherwise two."""
    OFFICE.check()
    assert changes(OFFICE) == [
        Change(days=tuple(WORKDAYS), hour=8, minute=0, servers=3),
        Change(days=tuple(WORKDAYS), hour=21, minute=0, servers=None),
    ]
    assert [change.cron for change in changes(OFFICE)] == ["0 8 * * 1,2,3,4,5", "0 21 * * 1,2,3,4,5"]
    noon = 12 * 60
    assert [servers_at(OFFICE, 2, day.number * MINUTES_A_DAY + noon) for day in Day] == [3, 3, 3, 3, 3, 2, 2]
    assert [servers_at(OFFICE, 2, minute) for minute in (8 * 60 - 1, 8 * 60, 21 * 60 - 1, 21 * 60)] == [2, 3, 3, 2]
    assert (OFFICE.least, OFFICE.most) == (3, 3)


def test_a_night_goes_over_midnight_and_over_the_week() -> None:
    """From Sunday evening to Monday morning: the change back is on the next day, which is in the next week."""
    night = Schedule(time_zone="UTC", periods=[Period(days=[Day.SATURDAY, Day.SUNDAY], start="22:30", end="06:00", servers=1)])
    night.check()
    assert [change.cron for change in changes(night)] == ["0 6 * * 0,1", "30 22 * * 0,6"]
    assert [servers_at(night, 4, minute) for minute in (0, 6 * 60 - 1, 6 * 60, MINUTES_A_WEEK - 1)] == [1, 1, 4, 1]


@pytest.mark.parametrize(
    ("days", "cron"),
    [
        ([*Day], "5 9 * * *"),
        ([Day.SUNDAY], "5 9 * * 0"),
        ([Day.MONDAY], "5 9 * * 1"),
        ([Day.SATURDAY], "5 9 * * 6"),
        ([Day.SATURDAY, Day.SUNDAY, Day.WEDNESDAY], "5 9 * * 0,3,6"),
    ],
)
def test_a_change_in_the_words_of_cron(days: list[Day], cron: str) -> None:
    """Minute, hour, any day of the month, any month, days of the week with Sunday as 0."""
    assert Change(days=tuple(days), hour=9, minute=5, servers=1).cron == cron


WRONG = {
    "days": (
        {"days": []},
        "days: names no day; name one at least, like [saturday, sunday]",
    ),
    "a day twice": (
        {"days": [Day.MONDAY, Day.MONDAY]},
        "days: names a day twice; name each once",
    ),
    "an hour that is none": (
        {"start": "25:00"},
        "start: '25:00' is no time of the day; write hours and minutes, 00:00 to 23:59, in quotes",
    ),
    "24:00 as a start": (
        {"start": "24:00"},
        "start: '24:00' is no time of the day; write hours and minutes, 00:00 to 23:59, in quotes",
    ),
    "an hour of one digit": (
        {"start": "8:00"},
        "start: '8:00' is no time of the day; write hours and minutes, 00:00 to 23:59, in quotes",
    ),
    "a time with seconds": (
        {"end": "21:00:00"},
        "end: '21:00:00' is no time of the day; write hours and minutes, 00:00 to 24:00, in quotes",
    ),
    "a time with a line break": (
        {"end": "21:00\n"},
        "end: '21:00\\n' is no time of the day; write hours and minutes, 00:00 to 24:00, in quotes",
    ),
    "digits that are not ASCII": (
        {"end": "2\u0661:00"},
        "end: '2\u0661:00' is no time of the day; write hours and minutes, 00:00 to 24:00, in quotes",
    ),
    "too short": (
        {"end": "08:04"},
        "end: is less than 5 minutes after start; give a longer period",
    ),
    "no machine": (
        {"servers": 0},
        "servers: 0 is below 1; give at least 1 machine",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_period_that_cannot_work_is_refused_with_the_mend(case: str) -> None:
    """At its own path, also where it is not the first one."""
    change, message = WRONG[case]
    wrong = replace(OFFICE.periods[0], **change)  # type: ignore[arg-type]
    weekend = Period(days=[Day.SUNDAY], start="00:00", end="24:00", servers=1)
    with pytest.raises(ArgumentError) as caught:
        Schedule(time_zone="UTC", periods=[weekend, wrong]).check()
    assert str(caught.value) == f"schedule.periods[1].{message}"


@pytest.mark.parametrize("count", [0, MOST_PERIODS + 1])
def test_too_few_or_too_many_periods_are_refused(count: int) -> None:
    with pytest.raises(ArgumentError, match=rf"^schedule\.periods: has {count} periods; give 1 to 60, or leave schedule out$"):
        Schedule(time_zone="UTC", periods=[OFFICE.periods[0]] * count).check()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+5"])
def test_a_time_zone_of_the_iana_is_taken(zone: str) -> None:
    replace(OFFICE, time_zone=zone).check()


@pytest.mark.parametrize(
    ("zone", "mend"),
    [
        ("Europe/Berlinn", "did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Americas/New York", "did you mean America/New_York?"),
        ("our time", "write one like Europe/Berlin, America/New_York or UTC"),
        ("", "write one like Europe/Berlin, America/New_York or UTC"),
        # Files that a machine may have beside the zones, and that mean nothing to a cloud.
        ("localtime", None),
        ("Factory", None),
        ("posixrules", None),
        ("posix/Europe/Berlin", None),
        ("../../etc/localtime", None),
    ],
)
def test_another_time_zone_is_refused(zone: str, mend: str | None) -> None:
    """With what was probably meant, and never with a list of six hundred."""
    with pytest.raises(ArgumentError) as caught:
        replace(OFFICE, time_zone=zone).check()
    assert (caught.value.path, caught.value.wrong) == ("schedule.time_zone", f"{zone!r} is no time zone")
    assert caught.value.mend == mend if mend else len(caught.value.mend) < 80


def test_the_time_zones_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slim container has none of its own."""
    monkeypatch.setenv("PYTHONTZPATH", "")
    time_zones.cache_clear()
    assert len(time_zones()) > 400 and {"UTC", "Europe/Berlin"} <= time_zones()


@pytest.mark.parametrize(
    ("servers", "period", "message"),
    [
        (Servers(min=2), 2001, "schedule.periods[0].servers: 2001 is above 2000; give 2000 at most"),
        (Servers(min=2, max=4), 5, "schedule.periods[0].servers: 5 is above servers.max, 4; raise servers.max"),
    ],
)
def test_a_tier_refuses_numbers_that_it_cannot_run(servers: Servers, period: int, message: str) -> None:
    schedule = replace(OFFICE, periods=[replace(OFFICE.periods[0], servers=period)])
    with pytest.raises(ArgumentError) as caught:
        WebTierArgs(servers=servers, schedule=schedule).check()
    assert str(caught.value) == message


@pytest.mark.parametrize(("servers", "period"), [(Servers(min=2), 50), (Servers(min=2), 1), (Servers(min=2, max=4), 4)])
def test_a_tier_takes_more_and_fewer_machines_for_a_time(servers: Servers, period: int) -> None:
    """A fixed number may go either way; between two numbers a period moves the lower one."""
    WebTierArgs(servers=servers, schedule=replace(OFFICE, periods=[replace(OFFICE.periods[0], servers=period)])).check()
