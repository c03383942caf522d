"""The stand-in for Google Cloud: what an autoscaler goes by."""

import pytest

from sandbox.rules import Values
from tests.sandbox.clouds.gcp import AUTOSCALER, REGION, Google

SCHEDULE: Values = {"name": "day", "schedule": "0 8 * * 1-5", "timeZone": "Europe/Berlin", "durationSec": 46800, "minRequiredReplicas": 3}


def policy(**inputs: object) -> Values:
    return {"minReplicas": 2, "maxReplicas": 3, **inputs}


def test_schedules_alone_leave_it_scaling_by_cpu_use(google: Google) -> None:
    """Google's default of 60 percent, which only another value puts off."""
    group = google.group(google.template())
    given = {"target": group.outputs["selfLink"], "region": REGION}
    alone = google.make(AUTOSCALER, autoscalingPolicy=policy(scalingSchedules=[SCHEDULE]), **given)
    assert alone.outputs["autoscalingPolicy"]["cpuUtilization"]["target"] == 0.6
    google.delete(AUTOSCALER, alone)
    said = google.make(AUTOSCALER, autoscalingPolicy=policy(scalingSchedules=[SCHEDULE], cpuUtilization={"target": 1.0}), **given)
    assert said.outputs["autoscalingPolicy"]["cpuUtilization"]["target"] == 1.0
    # Left out, it stays: the provider keeps what Google keeps.
    left_out = google.update(AUTOSCALER, said, autoscalingPolicy=policy(scalingSchedules=[SCHEDULE]))
    assert left_out.outputs["autoscalingPolicy"]["cpuUtilization"]["target"] == 1.0
    assert google.diff(AUTOSCALER, said.inputs, left_out.inputs) == (False, False)


@pytest.mark.parametrize(
    ("schedules", "message"),
    [
        ([SCHEDULE | {"durationSec": 299}], "durationSec: "),
        ([SCHEDULE | {"timeZone": "Mars/Olympus"}], "timeZone: .*no time zone"),
        ([SCHEDULE | {"schedule": "at eight"}], "schedule: .*no cron expression"),
        ([SCHEDULE, SCHEDULE], "scalingSchedules: .*name is its own"),
        ([SCHEDULE | {"name": f"n{number}"} for number in range(129)], "scalingSchedules: .*128 scaling schedules"),
    ],
)
def test_schedules_that_are_refused(google: Google, schedules: list[Values], message: str) -> None:
    google.refuses(AUTOSCALER, {"target": "g", "region": REGION, "autoscalingPolicy": policy(scalingSchedules=schedules)}, message)
