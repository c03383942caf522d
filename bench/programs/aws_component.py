"""A production web tier on AWS, as an engineer writes it with this library. `aws_flat.py` is the same without it."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from multicloud import AwsWebTier, AwsWebTierArgs, Certificate, Day, Period, Schedule, Servers, Size

FILES = Path(__file__).parent
WORKDAYS = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY]

tier = AwsWebTier(
    "web",
    AwsWebTierArgs(
        region="eu-central-1",
        servers=Servers(min=2, max=6),
        size=Size.MEDIUM,
        private=True,
        certificate=Certificate(
            certificate=(FILES / "certificate.pem").read_text(),
            private_key=pulumi.Output.secret((FILES / "key.pem").read_text()),
        ),
        schedule=Schedule(time_zone="Europe/Berlin", periods=[Period(days=WORKDAYS, start="08:00", end="21:00", servers=3)]),
        admitted_ranges=["173.245.48.0/20", "103.21.244.0/22"],
    ),
    pulumi.ResourceOptions(providers=[aws.Provider("aws", region="eu-central-1")]),
)
pulumi.export("origins", tier.origins)
