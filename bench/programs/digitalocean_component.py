"""A production web tier on DigitalOcean, as an engineer writes it with this library. `digitalocean_flat.py` is the same without it."""

from pathlib import Path

import pulumi
import pulumi_digitalocean as digitalocean

from multicloud import Certificate, DigitalOceanWebTier, DigitalOceanWebTierArgs, Servers, Size

FILES = Path(__file__).parent

tier = DigitalOceanWebTier(
    "web",
    DigitalOceanWebTierArgs(
        region="fra1",
        servers=Servers(min=4),
        size=Size.MEDIUM,
        certificate=Certificate(
            certificate=(FILES / "certificate.pem").read_text(),
            private_key=pulumi.Output.secret((FILES / "key.pem").read_text()),
        ),
        admitted_ranges=["173.245.48.0/20", "103.21.244.0/22"],
    ),
    pulumi.ResourceOptions(providers=[digitalocean.Provider("digitalocean")]),
)
pulumi.export("origins", tier.origins)
