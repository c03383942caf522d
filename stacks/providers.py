"""The explicit providers of an environment: one a cloud and region, shared by all that is there.

Default providers are disabled in Pulumi.yaml, so what is not given one of these is refused instead of landing in an account or
a region by accident. Credentials come from each provider's own environment variables.
"""

import pulumi

from .model.environment import Accounts


class Providers:
    """Makes each provider when it is first asked for.

    Args:
        accounts: Whose accounts everything lands in.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._made: dict[str, pulumi.ProviderResource] = {}

    def cloud(self, cloud: str, region: str) -> pulumi.ProviderResource:
        """The provider of a region. DigitalOcean's is the same for all regions: there, each resource names its own.

        Args:
            cloud: aws, gcp or digitalocean.
            region: The region, in the cloud's own name.
        """
        name = cloud if cloud == "digitalocean" else f"{cloud}-{region}"
        if name not in self._made:
            self._made[name] = self._make(cloud, region, name)
        return self._made[name]

    def other(self, package: str) -> pulumi.ProviderResource:
        """The provider of what has no regions.

        Args:
            package: cloudflare, random or tls.
        """
        if package not in self._made:
            self._made[package] = self._make(package, "", package)
        return self._made[package]

    def _make(self, package: str, region: str, name: str) -> pulumi.ProviderResource:
        # Each SDK is imported where it is used: that of Cloudflare alone takes two seconds.
        match package:
            case "aws":
                import pulumi_aws as aws

                account = self._accounts.aws
                return aws.Provider(name, region=region, allowed_account_ids=[account] if account else None)
            case "gcp":
                import pulumi_gcp as gcp

                return gcp.Provider(name, region=region, project=self._accounts.gcp)
            case "digitalocean":
                import pulumi_digitalocean as digitalocean

                return digitalocean.Provider(name)
            case "cloudflare":
                import pulumi_cloudflare as cloudflare

                return cloudflare.Provider(name)
            case "random":
                import pulumi_random as random

                return random.Provider(name)
            case "tls":
                import pulumi_tls as tls

                return tls.Provider(name)
        raise ValueError(f"no provider for {package}")
