"""Scheduled actions of auto scaling groups."""

import re
import zoneinfo

from sandbox.clouds.shared import input_id, known
from sandbox.rules import Making, Refused, Unique, Values

from .facts import resource
from .places import digest
from .words import GROUP, SCHEDULE, arn, name_fits, names, others, uuid

MOST = 125
"""Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html."""

UNCHANGED = -1
"""A size that the action leaves as it is; the provider takes one left out for 0."""

_SIZES = ("minSize", "maxSize", "desiredCapacity")
_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_WORDS = {
    3: ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    4: ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}


def _sizes(making: Making) -> None:
    given = {name: making.get(name, 0) for name in _SIZES}
    if all(value == UNCHANGED for value in given.values()):
        raise Refused("ValidationError: At least one of MinSize, MaxSize and DesiredCapacity must be given", property="desiredCapacity")
    low, high, wanted = given.values()
    if UNCHANGED not in (low, high) and low > high:
        raise Refused(f"ValidationError: Max bound, {high:g}, must be greater than or equal to min bound, {low:g}", property="maxSize")
    if wanted != UNCHANGED and ((low != UNCHANGED and wanted < low) or (high != UNCHANGED and wanted > high)):
        raise Refused(
            f"ValidationError: Desired capacity:{wanted:g} must be between the specified min size:{low:g} and max size:{high:g}",
            property="desiredCapacity",
        )


def _when(making: Making) -> None:
    if making.inputs.get("recurrence") is None and making.inputs.get("startTime") is None:
        raise Refused("ValidationError: Either a start time or a recurrence must be given", property="recurrence")
    for where, text in known(making, "recurrence"):
        if not _is_cron(str(text)):
            raise Refused(f"ValidationError: Given recurrence string: {text} is invalid", property=where)
    for where, zone in known(making, "timeZone"):
        if zone not in zoneinfo.available_timezones():
            raise Refused(f"ValidationError: Given time zone: {zone} is invalid", property=where)


def _is_cron(text: str) -> bool:
    """Whether a text is a cron expression of five fields: https://crontab.org/."""
    fields = text.split()
    return len(fields) == len(_FIELDS) and all(
        _is_part(part.lower(), index) for index, field in enumerate(fields) for part in field.split(",")
    )


def _is_part(part: str, index: int) -> bool:
    low, high = _FIELDS[index]
    found = re.fullmatch(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?", part)
    if not found:
        return False
    numbers = []
    for word in found.groups()[:2]:
        if word is not None:
            named = _WORDS.get(index, ())
            numbers.append(named.index(word) + low if word in named else int(word) if word.isdigit() else -1)
    return all(low <= number <= high for number in numbers) and numbers == sorted(numbers)


def _own_time(making: Making) -> None:
    """Two actions of a group never begin at the same time, and a group holds so many of them.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
    """
    same_group = [one for one in others(making, SCHEDULE) if one.inputs.get("autoscalingGroupName") == making.get("autoscalingGroupName")]
    if len(same_group) >= MOST:
        raise Refused(f"LimitExceeded: A group holds at most {MOST} scheduled actions")
    mine = [making.get(name) for name in ("recurrence", "timeZone", "startTime")]
    for other in same_group:
        if mine == [other.inputs.get(name) for name in ("recurrence", "timeZone", "startTime")]:
            raise Refused(
                f"AlreadyExists: A scheduled action with this scheduled start time already exists ({other.id})", property="recurrence"
            )


def _outputs(making: Making) -> Values:
    number, group = uuid(digest("scheduledUpdateGroupAction", making.scope, making.id)), making.get("autoscalingGroupName")
    name = f"scheduledUpdateGroupAction:{number}:autoScalingGroupName/{group}:scheduledActionName/{making.id}"
    return {"arn": arn(making, "autoscaling", name), **{size: making.get(size, 0) for size in _SIZES}}


TYPES = (
    resource(
        SCHEDULE,
        id=input_id("scheduledActionName"),
        outputs=_outputs,
        checks=(_sizes, _when, name_fits(255, "scheduledActionName")),
        before_create=(_own_time,),
        before_update=(_own_time,),
        references=(names("autoscalingGroupName", GROUP, by="id", missing="ValidationError: Group {value} not found"),),
        unique=(
            Unique(paths=("scheduledActionName", "autoscalingGroupName"), message="AlreadyExists: Scheduled action {value} already exists"),
        ),
    ),
)
