"""The shield as resources: a zone's settings, its rulesets by phase, and bot management.

All of it is the zone's, and some of it is there before any program: deleting a setting or bot management leaves the zone as it is,
and a ruleset that a person made in a phase has to be imported or removed first, since a zone has one of each phase.
"""

from dataclasses import dataclass
from typing import Any, Optional

import pulumi
import pulumi_cloudflare as cloudflare

from .health import Plan
from .rulesets import bot_management, rulesets
from .shield import Hsts, MinimumTls, Shield


@dataclass(kw_only=True, frozen=True)
class ProtectionResources:
    """What protects a front, all of it the zone's."""

    settings: dict[str, cloudflare.ZoneSetting]
    """By Cloudflare's name of the setting: ssl, min_tls_version, always_use_https ..."""
    rulesets: dict[str, cloudflare.Ruleset]
    """By phase; only phases that have rules."""
    bot_management: Optional[cloudflare.BotManagement]


def protect(
    parent: pulumi.Resource,
    name: str,
    zone_id: pulumi.Input[str],
    shield: Shield,
    plan: Plan,
    port: pulumi.Input[int],
    note: str,
) -> Optional[ProtectionResources]:
    """Makes what protects a zone; None, and nothing, where the shield is not enabled.

    Args:
        parent: The front.
        name: Its name, with which each resource's begins.
        zone_id: Cloudflare's id of the zone.
        shield: What is wanted, checked.
        plan: The zone's plan.
        port: Where the origins listen, which decides how Cloudflare comes to them where the shield does not say it: by HTTPS to 443,
            by HTTP to any other; see `CloudflareFrontArgs.shielded_port`.
        note: What says whose the rulesets are.

    Raises:
        ArgumentError: At `shield.ssl` or `shield.origin_pulls`, if it contradicts the port; later, where the port is an output.
    """
    if not shield.is_enabled:
        return None
    return ProtectionResources(
        settings=_settings(parent, name, zone_id, shield, port),
        rulesets={
            phase: cloudflare.Ruleset(
                f"{name}-{phase.removeprefix('http_').replace('_', '-')}",
                zone_id=zone_id,
                kind="zone",
                # What Cloudflare itself calls a zone's own ruleset of a phase. Another name would replace it, and there cannot be two.
                name="default",
                phase=phase,
                description=note,
                rules=rules,  # type: ignore[arg-type]
                opts=pulumi.ResourceOptions(parent=parent),
            )
            for phase, rules in rulesets(shield, plan).items()
        },
        bot_management=None
        if shield.bot_fight is None
        else cloudflare.BotManagement(
            f"{name}-bot-management",
            zone_id=zone_id,
            **bot_management(shield.bot_fight, plan),
            opts=pulumi.ResourceOptions(parent=parent),
        ),
    )


def _settings(
    parent: pulumi.Resource, name: str, zone_id: pulumi.Input[str], shield: Shield, port: pulumi.Input[int]
) -> dict[str, cloudflare.ZoneSetting]:
    def setting(id: str, value: Any, after: Optional[cloudflare.ZoneSetting] = None) -> cloudflare.ZoneSetting:
        options = pulumi.ResourceOptions(parent=parent, depends_on=[after] if after else None)
        return cloudflare.ZoneSetting(f"{name}-{id.replace('_', '-')}", zone_id=zone_id, setting_id=id, value=value, opts=options)

    later = pulumi.Output.from_input(port)
    # What is wrong with a port that is known is said at once.
    ssl = shield.effective_ssl(port).value if isinstance(port, int) else later.apply(lambda known: shield.effective_ssl(int(known)).value)
    # Otherwise Cloudflare changes `ssl` by itself, when it finds that origins answer HTTPS.
    automatic = setting("ssl_automatic_mode", "custom")
    made = {
        "ssl_automatic_mode": automatic,
        "ssl": setting("ssl", ssl, after=automatic),
        "min_tls_version": setting("min_tls_version", (shield.minimum_tls or MinimumTls.TLS_1_2).value),
        "tls_1_3": setting("tls_1_3", "on"),
        "always_use_https": setting("always_use_https", "on"),
        "automatic_https_rewrites": setting("automatic_https_rewrites", "on"),
        "security_header": setting("security_header", _security_header(shield.hsts or Hsts())),
    }
    if shield.origin_pulls is not None:
        made["tls_client_auth"] = setting("tls_client_auth", "on" if shield.origin_pulls else "off")
    return made


def _security_header(hsts: Hsts) -> dict[str, Any]:
    # All of its parts: Cloudflare takes it as a whole and gives it back so.
    header = {
        "enabled": True,
        "max_age": hsts.effective_max_age,
        "include_subdomains": bool(hsts.include_subdomains),
        "preload": bool(hsts.preload),
        "nosniff": True,
    }
    return {"strict_transport_security": header}
