"""What is set once in a zone.

Deleting a setting changes nothing in the zone: what it set last, stays.
Source: https://developers.cloudflare.com/api/resources/zones/subresources/settings/
"""

from ...rules import UNKNOWN, Limit, Making, Refused, Values
from .common import PAID, hex_id, in_zone, plan_of, setting

ON_OFF = ("on", "off")

ZONE_SETTINGS: dict[str, tuple[str, ...] | None] = {
    **dict.fromkeys(
        (
            *("0rtt", "advanced_ddos", "always_online", "always_use_https", "automatic_https_rewrites", "brotli", "browser_check"),
            *("china_network_enabled", "development_mode", "early_hints", "email_obfuscation", "fonts", "h2_prioritization"),
            *("hotlink_protection", "http2", "http3", "ip_geolocation", "ipv6", "mirage", "opportunistic_encryption"),
            *("opportunistic_onion", "orange_to_orange", "origin_error_page_pass_thru", "prefetch_preload", "privacy_pass"),
            *("replace_insecure_js", "response_buffering", "rocket_loader", "server_side_exclude", "sort_query_string_for_cache"),
            *("speed_brain", "tls_client_auth", "true_client_ip_header", "waf", "webp", "websockets", "zero_rtt"),
        ),
        ON_OFF,
    ),
    "cache_level": ("aggressive", "basic", "simplified"),
    "cname_flattening": ("flatten_at_root", "flatten_all"),
    "h2_prioritization": (*ON_OFF, "custom"),
    "image_resizing": (*ON_OFF, "open"),
    "min_tls_version": ("1.0", "1.1", "1.2", "1.3"),
    "origin_max_http_version": ("1", "2"),
    "polish": ("off", "lossless", "lossy"),
    "pseudo_ipv4": ("off", "add_header", "overwrite_header"),
    "security_level": ("off", "essentially_off", "low", "medium", "high", "under_attack"),
    "ssl": ("off", "flexible", "full", "strict", "origin_pull"),
    "ssl_automatic_mode": ("auto", "custom"),
    "tls_1_3": (*ON_OFF, "zrt"),
    # Numbers, lists and objects, which are taken as they are.
    **dict.fromkeys(
        (
            *("aegis", "automatic_platform_optimization", "browser_cache_ttl", "challenge_ttl", "ciphers", "edge_cache_ttl"),
            *("max_upload", "minify", "mobile_redirect", "nel", "origin_h2_max_streams", "proxy_read_timeout", "security_header"),
            *("ssl_recommender", "transformations", "transformations_allowed_origins"),
        ),
        None,
    ),
}
"""The names of a zone's settings, and the values of those that are words."""

NUMBERS: dict[str, tuple[int, int]] = {
    "browser_cache_ttl": (0, 31536000),
    "challenge_ttl": (300, 31536000),
    "edge_cache_ttl": (30, 604800),
    "max_upload": (100, 1000),
    "origin_h2_max_streams": (1, 1000),
    "proxy_read_timeout": (1, 6000),
}
"""The least and the most of settings that are numbers."""

NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("h2_prioritization", "image_resizing", "mirage", "polish", "waf", "webp"), PAID),
    **dict.fromkeys(
        (
            *("advanced_ddos", "origin_error_page_pass_thru", "prefetch_preload", "proxy_read_timeout", "response_buffering"),
            *("sort_query_string_for_cache", "true_client_ip_header"),
        ),
        ("enterprise",),
    ),
}
"""Settings that can be changed on some plans alone. Source: the pages on each of them"""

HSTS: dict[str, type] = {"enabled": bool, "include_subdomains": bool, "max_age": int, "nosniff": bool, "preload": bool}
"""The parts of the one setting that is an object of its own shape."""


def _value(making: Making) -> None:
    name, value = making.get("settingId"), making.inputs.get("value")
    if name is None:
        return
    if name not in ZONE_SETTINGS:
        raise Refused(f"unrecognized zone setting name: {name} (1006)", property="settingId")
    words = ZONE_SETTINGS[name]
    if words is not None and value is not UNKNOWN and value not in words:
        raise Refused(f"invalid value for zone setting {name}: {value!r}, which takes {', '.join(words)} (1007)", property="value")
    if name in NUMBERS and value is not UNKNOWN:
        least, most = NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise Refused(f"invalid value for zone setting {name}: {value!r}, which takes {least} to {most} (1007)", property="value")
    if name == "security_header" and isinstance(value, dict):
        _security_header(value)


def _security_header(value: Values) -> None:
    header = value.get("strict_transport_security")
    if set(value) != {"strict_transport_security"} or not isinstance(header, dict):
        raise Refused("invalid value for zone setting security_header: it takes strict_transport_security (1007)", property="value")
    for part, given in header.items():
        # JSON has one kind of number.
        right = isinstance(given, HSTS.get(part, ())) or (part == "max_age" and isinstance(given, float))
        if given is not UNKNOWN and (not right or (part == "max_age" and (isinstance(given, bool) or given < 0))):
            raise Refused(f"invalid value for zone setting security_header: {part} cannot be {given!r} (1007)", property="value")


def _plan(making: Making) -> None:
    """Refuses to change what the zone's plan keeps to itself; to set what is there is no change."""
    name, plan = making.get("settingId"), plan_of(making)
    enterprise = name == "ssl" and making.get("value") == "origin_pull"
    if plan not in NEEDS.get(name, (plan,)) or (enterprise and plan != "enterprise"):
        raise Refused(f"not allowed to edit setting for {name} (1015)", property="settingId")


def _setting_id(making: Making) -> str:
    id = f"{making.get('zoneId')}/{making.get('settingId')}"
    return id if making.world.one(making.token, id) is None else hex_id(making)


zone_setting = in_zone(
    "zoneSetting",
    id=_setting_id,
    replaces={"settingId"},
    defaults={"editable": True, "timeRemaining": 0},
    checks=(_value,),
    before_create=(_plan,),
    before_update=(_plan,),
)


def _editable(making: Making) -> Values:
    return {"editable": True}


TYPES = (
    zone_setting,
    setting("argoSmartRouting", enums={"value": ON_OFF}, outputs=_editable),
    setting("argoTieredCaching", enums={"value": ON_OFF}, outputs=_editable),
    setting("regionalTieredCache", enums={"value": ON_OFF}, defaults={"value": "off"}, outputs=_editable),
    setting("tieredCache", enums={"value": ON_OFF}, outputs=_editable),
    setting("managedTransforms"),
    setting("urlNormalizationSettings", enums={"scope": ("incoming", "both", "none"), "type": ("cloudflare", "rfc3986")}),
    in_zone(
        "healthcheck",
        enums={
            "checkRegions": (
                *("WNAM", "ENAM", "WEU", "EEU", "NSAM", "SSAM", "OC", "ME", "NAF", "SAF", "IN", "SEAS", "NEAS"),
                "ALL_REGIONS",
            )
        },
        limits={"interval": Limit(minimum=10, maximum=3600, by="api"), "timeout": Limit(minimum=1, maximum=10, by="api")},
        defaults={"type": "HTTP", "interval": 60, "retries": 2, "timeout": 5, "suspended": False},
        outputs=lambda making: {"status": "unknown", "failureReason": ""},
    ),
    in_zone(
        "spectrumApplication",
        enums={
            "proxyProtocol": ("off", "v1", "v2", "simple"),
            "tls": ("off", "flexible", "full", "strict"),
            "trafficType": ("direct", "http", "https"),
        },
        defaults={"proxyProtocol": "off", "tls": "off", "trafficType": "direct"},
    ),
)
