"""A production web tier on Google Cloud, as an engineer writes it with this library. `gcp_flat.py` is the same without it."""

from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from multicloud import Certificate, Day, GcpWebTier, GcpWebTierArgs, Period, Schedule, Servers, Size

FILES = Path(__file__).parent
WORKDAYS = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY]

tier = GcpWebTier(
    "web",
    GcpWebTierArgs(
        region="europe-west3",
        servers=Servers(min=2, max=6),
        size=Size.MEDIUM,
        certificate=Certificate(
            certificate=(FILES / "certificate.pem").read_text(),
            private_key=pulumi.Output.secret((FILES / "key.pem").read_text()),
        ),
        schedule=Schedule(time_zone="Europe/Berlin", periods=[Period(days=WORKDAYS, start="08:00", end="21:00", servers=3)]),
        admitted_ranges=["173.245.48.0/20", "103.21.244.0/22"],
    ),
    pulumi.ResourceOptions(providers=[gcp.Provider("gcp", project="multicloud-bench", region="europe-west3")]),
)
pulumi.export("origins", tier.origins)
