"""The stand-in AWS: scheduled actions of auto scaling groups."""

from typing import Any

import pytest

from sandbox.clouds.aws import words
from sandbox.lifecycle import State
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.aws import GROUP, Account

MORNING: Values = {"recurrence": "0 8 * * 1-5", "timeZone": "Europe/Berlin", "minSize": 3, "maxSize": 3, "desiredCapacity": 3}


def group(aws: Account) -> State:
    _, subnets = aws.public()
    return aws.make(words.GROUP, {**GROUP, "vpcZoneIdentifiers": subnets, "launchTemplate": {"id": aws.template().id}})


def action(aws: Account, group: State, name: str = "morning", **changes: Any) -> State:
    return aws.make(words.SCHEDULE, {"autoscalingGroupName": group.id, "scheduledActionName": name, **MORNING, **changes})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"recurrence": "0 8 * *"}, "Given recurrence string: 0 8 .* is invalid"),
        ({"recurrence": "60 8 * * *"}, "is invalid"),
        ({"recurrence": "0 8 * * 8"}, "is invalid"),
        ({"recurrence": "0 8 * * fri-mon"}, "is invalid"),
        ({"timeZone": "Berlin"}, "Given time zone: Berlin is invalid"),
        ({"minSize": 4}, "Max bound, 3, must be greater than or equal to min bound, 4"),
        ({"desiredCapacity": 4}, "Desired capacity:4 must be between the specified min size:3 and max size:3"),
        ({"minSize": -1, "maxSize": -1, "desiredCapacity": -1}, "At least one of MinSize, MaxSize and DesiredCapacity"),
        ({"recurrence": None}, "Either a start time or a recurrence"),
    ],
)
def test_an_action_that_cannot_be_is_refused(aws: Account, changes: Values, says: str) -> None:
    inputs = {"autoscalingGroupName": "web", "scheduledActionName": "morning", **MORNING, **changes}
    with pytest.raises(Refused, match=says):
        aws.check(words.SCHEDULE, {name: value for name, value in inputs.items() if value is not None})


@pytest.mark.parametrize("recurrence", ["0 8 * * 1,2,3,4,5", "*/15 * * * *", "0 0 1 jan,jul *", "30 21 * * MON-FRI", "0 8 * * 7"])
def test_what_cron_says_is_taken(aws: Account, recurrence: str) -> None:
    aws.check(words.SCHEDULE, {"autoscalingGroupName": "web", "scheduledActionName": "a", **MORNING, "recurrence": recurrence})


def test_a_size_left_out_becomes_nothing(aws: Account) -> None:
    """-1 leaves it as it is: so the provider's documentation says."""
    made = action(aws, group(aws), maxSize=-1, desiredCapacity=-1)
    assert {name: made.outputs[name] for name in ("minSize", "maxSize", "desiredCapacity")} == {
        "minSize": 3,
        "maxSize": -1,
        "desiredCapacity": -1,
    }
    with pytest.raises(Refused, match="Max bound, 0, must be greater than or equal to min bound, 3"):
        aws.check(words.SCHEDULE, {"autoscalingGroupName": "web", "scheduledActionName": "a", "recurrence": "0 8 * * *", "minSize": 3})


def test_two_actions_of_a_group_do_not_begin_at_one_time(aws: Account) -> None:
    own, other = group(aws), group(aws)
    first = action(aws, own)
    with pytest.raises(Refused, match="A scheduled action with this scheduled start time already exists"):
        action(aws, own, "again")
    with pytest.raises(Refused, match="Scheduled action morning"):
        action(aws, own, recurrence="0 9 * * *")
    action(aws, other, "again")
    evening = action(aws, own, "evening", recurrence="0 21 * * 1-5")
    with pytest.raises(Refused, match="already exists"):
        aws.change(words.SCHEDULE, evening, recurrence=MORNING["recurrence"])
    assert aws.change(words.SCHEDULE, first, desiredCapacity=3, minSize=2).outputs["minSize"] == 2


def test_an_action_is_one_of_a_group_that_exists(aws: Account) -> None:
    with pytest.raises(Refused, match="Group nobody not found"):
        aws.make(words.SCHEDULE, {"autoscalingGroupName": "nobody", "scheduledActionName": "a", **MORNING})
