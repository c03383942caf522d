"""AwsWebTier's group by the week, and in what steps its machines are replaced."""

from typing import Any

import pytest

from multicloud.web.contract import Servers
from multicloud.web.exposure import Replacement
from multicloud.web.schedule import Day, Period, Schedule
from tests.components.web.aws_tier import GROUP, build
from tests.recording import Recording

SCHEDULE = "aws:autoscaling/schedule:Schedule"
WEEKDAYS = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY]
OFFICE = Period(days=WEEKDAYS, start="08:00", end="21:00", servers=3)


def schedule(*periods: Period) -> Schedule:
    return Schedule(time_zone="Europe/Berlin", periods=list(periods))


def actions(recording: Recording) -> dict[str, dict[str, Any]]:
    """The scheduled actions by name, without what all of them have."""
    found = {}
    for record in recording.all(SCHEDULE):
        inputs = dict(record.inputs)
        assert inputs.pop("autoscalingGroupName") == recording.one(GROUP).outputs["name"]
        assert inputs.pop("timeZone") == "Europe/Berlin"
        assert f"web-{inputs.pop('scheduledActionName')}" == record.name
        found[record.name] = inputs
    return found


def test_a_fixed_number_becomes_another_one_and_back(recording: Recording) -> None:
    """Three on weekdays from 8 to 21, otherwise two."""
    tier = build(recording, servers=Servers(min=2), schedule=schedule(OFFICE))
    assert actions(recording) == {
        "web-schedule-0800": {"recurrence": "0 8 * * 1,2,3,4,5", "minSize": 3, "maxSize": 3, "desiredCapacity": 3},
        "web-schedule-2100": {"recurrence": "0 21 * * 1,2,3,4,5", "minSize": 2, "maxSize": 2, "desiredCapacity": 2},
    }
    assert len(tier.resources.scheduled) == 2


def test_a_number_that_scales_has_another_least(recording: Recording) -> None:
    """-1 leaves a size as it is; one left out would become 0."""
    build(recording, servers=Servers(min=2, max=6), schedule=schedule(OFFICE))
    assert actions(recording) == {
        "web-schedule-0800": {"recurrence": "0 8 * * 1,2,3,4,5", "minSize": 3, "maxSize": -1, "desiredCapacity": -1},
        "web-schedule-2100": {"recurrence": "0 21 * * 1,2,3,4,5", "minSize": 2, "maxSize": -1, "desiredCapacity": -1},
    }


def test_another_number_at_a_time_changes_the_action_that_is_there(recording: Recording) -> None:
    """A group refuses two actions for one time, so a new action beside the old one would be refused."""
    build(recording, servers=Servers(min=2), schedule=schedule(OFFICE))
    other = Recording()
    build(other, servers=Servers(min=2), schedule=schedule(Period(days=[Day.MONDAY], start="08:00", end="21:00", servers=5)))
    assert actions(recording).keys() == actions(other).keys()
    other.close()


def test_two_numbers_at_one_time_of_day_are_two_actions(recording: Recording) -> None:
    saturday = Period(days=[Day.SATURDAY], start="08:00", end="21:00", servers=4)
    build(recording, servers=Servers(min=2), schedule=schedule(OFFICE, saturday))
    made = actions(recording)
    assert {name: (action["recurrence"], action["minSize"]) for name, action in made.items()} == {
        "web-schedule-0800": ("0 8 * * 1,2,3,4,5", 3),
        "web-schedule-0800-1": ("0 8 * * 6", 4),
        "web-schedule-2100": ("0 21 * * 1,2,3,4,5,6", 2),
    }


@pytest.mark.parametrize(
    ("servers", "ignored"),
    [(Servers(min=2), ["minSize", "maxSize", "desiredCapacity"]), (Servers(min=2, max=6), ["minSize"])],
)
def test_a_deployment_does_not_undo_what_the_schedule_did(recording: Recording, servers: Servers, ignored: list[str]) -> None:
    build(recording, servers=servers, schedule=schedule(OFFICE))
    assert recording.one(GROUP).ignore_changes == ignored


def test_the_tier_is_there_with_as_many_machines_as_the_schedule_leaves(recording: Recording) -> None:
    build(recording, servers=Servers(min=3), schedule=schedule(Period(days=[Day.SUNDAY], start="00:00", end="24:00", servers=1)))
    assert recording.one(GROUP).inputs["minElbCapacity"] == 1


def test_without_a_schedule_there_are_no_actions_and_nothing_is_ignored(recording: Recording) -> None:
    build(recording)
    assert SCHEDULE not in recording.types()
    assert recording.one(GROUP).ignore_changes == []


@pytest.mark.parametrize(
    ("replacement", "least", "most"),
    [
        (None, 100, 150),
        (Replacement(surge_percent=100), 100, 200),
        (Replacement(surge_percent=0, unavailable_percent=50), 50, 100),
        (Replacement(surge_percent=20, unavailable_percent=10), 90, 120),
    ],
)
def test_machines_are_replaced_in_the_steps_that_are_asked_for(
    recording: Recording, replacement: Replacement | None, least: int, most: int
) -> None:
    build(recording, replacement=replacement)
    group, wanted = recording.one(GROUP).inputs, {"minHealthyPercentage": least, "maxHealthyPercentage": most}
    assert group["instanceMaintenancePolicy"] == wanted
    assert wanted.items() <= group["instanceRefresh"]["preferences"].items()
