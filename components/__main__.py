"""Hosts the components for programs in other languages: `pulumi package add ./components`."""

from pulumi.provider.experimental import component_provider_host

import multicloud

if __name__ == "__main__":
    component_provider_host(
        components=[
            multicloud.AwsNetwork,
            multicloud.AwsWebTier,
            multicloud.CloudSqlPostgres,
            multicloud.CloudflareFront,
            multicloud.DigitalOceanNetwork,
            multicloud.DigitalOceanWebTier,
            multicloud.ExternalWebTier,
            multicloud.GcpNetwork,
            multicloud.GcpWebTier,
            multicloud.OriginCertificate,
            multicloud.OriginPulls,
            multicloud.PostgresPair,
            multicloud.RdsPostgres,
            multicloud.Tunnel,
        ],
        name="multicloud",
        version=multicloud.__version__,
    )
