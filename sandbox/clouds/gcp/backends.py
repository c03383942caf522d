"""Backend services and URL maps."""

from sandbox.rules import UNKNOWN, Limit, Making

from .tokens import BACKEND, GROUP, HEALTH_CHECK, POLICY, REGION_HEALTH_CHECK, URL_MAP
from .words import below, compute, invalid, names, uses


def _checked_instances(making: Making) -> None:
    """Refuses instance groups without a health check: https://cloud.google.com/load-balancing/docs/backend-service#health_checks."""
    groups = [backend for backend in making.get("backends") or [] if backend is not UNKNOWN]
    if making.inputs.get("healthChecks") is None and any("/instanceGroups/" in str(backend.get("group")) for backend in groups):
        raise invalid("healthChecks", "", "A backend service with instance groups needs a health check.")


def _balanced(making: Making) -> None:
    for index, backend in enumerate(making.get("backends") or []):
        if backend is UNKNOWN:
            continue
        rates = [setting for setting in ("maxRate", "maxRatePerInstance", "maxRatePerEndpoint") if backend.get(setting) is not None]
        if backend.get("balancingMode") == "RATE" and not rates:
            raise invalid(f"backends[{index}].balancingMode", "RATE", "A maximum rate has to be specified for the RATE balancing mode.")
        for setting in ("maxUtilization", "capacityScaler"):
            value = backend.get(setting)
            if isinstance(value, int | float) and not 0 <= value <= 1:
                raise invalid(f"backends[{index}].{setting}", value, "Must be between 0.0 and 1.0.")


_CACHE = names("USE_ORIGIN_HEADERS FORCE_CACHE_ALL CACHE_ALL_STATIC")
_REDIRECTS = names("FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT")
_ROUTES = (
    "defaultRouteAction",
    "pathMatchers[*].defaultRouteAction",
    "pathMatchers[*].pathRules[*].routeAction",
    "pathMatchers[*].routeRules[*].routeAction",
)
_SERVICES = (
    "defaultService",
    "pathMatchers[*].defaultService",
    "pathMatchers[*].pathRules[*].service",
    "pathMatchers[*].routeRules[*].service",
)
_REDIRECT_BLOCKS = (
    "defaultUrlRedirect",
    "pathMatchers[*].defaultUrlRedirect",
    "pathMatchers[*].pathRules[*].urlRedirect",
    "pathMatchers[*].routeRules[*].urlRedirect",
)
_ZERO, _PERCENT = Limit(minimum=0, maximum=0), Limit(minimum=0, maximum=100)
_FAULT_LIMITS = {"abort.httpStatus": Limit(minimum=200, maximum=599), "abort.percentage": _PERCENT, "delay.percentage": _PERCENT}

TYPES = (
    compute(
        BACKEND,
        "backendServices",
        "global",
        replaces=frozenset(names("dynamicForwarding.ipPortSelection.enabled name params project")),
        enums={
            "backends[*].balancingMode": names("UTILIZATION RATE CONNECTION CUSTOM_METRICS IN_FLIGHT"),
            "backends[*].preference": names("PREFERRED DEFAULT"),
            "backends[*].trafficDuration": names("LONG SHORT"),
            "cdnPolicy.cacheMode": _CACHE,
            "compressionMode": names("AUTOMATIC DISABLED"),
            "externalManagedMigrationState": names("PREPARE TEST_BY_PERCENTAGE TEST_ALL_TRAFFIC"),
            "ipAddressSelectionPolicy": names("IPV4_ONLY PREFER_IPV6 IPV6_ONLY"),
            "loadBalancingScheme": names("EXTERNAL INTERNAL_SELF_MANAGED INTERNAL_MANAGED EXTERNAL_MANAGED"),
            "localityLbPolicies[*].policy.name": names("ROUND_ROBIN LEAST_REQUEST RING_HASH RANDOM ORIGINAL_DESTINATION MAGLEV"),
            "localityLbPolicy": names(
                "ROUND_ROBIN LEAST_REQUEST RING_HASH RANDOM ORIGINAL_DESTINATION MAGLEV WEIGHTED_MAGLEV WEIGHTED_ROUND_ROBIN"
            ),
            "logConfig.optionalMode": names("INCLUDE_ALL_OPTIONAL EXCLUDE_ALL_OPTIONAL CUSTOM"),
            "networkPassThroughLbTrafficPolicy.zonalAffinity.spillover": names(
                "ZONAL_AFFINITY_DISABLED ZONAL_AFFINITY_SPILL_CROSS_ZONE ZONAL_AFFINITY_STAY_WITHIN_ZONE"
            ),
            "protocol": names("HTTP HTTPS HTTP2 TCP SSL UDP GRPC UNSPECIFIED H2C"),
            "sessionAffinity": names(
                "NONE CLIENT_IP CLIENT_IP_PORT_PROTO CLIENT_IP_PROTO GENERATED_COOKIE HEADER_FIELD HTTP_COOKIE STRONG_COOKIE_AFFINITY"
            ),
        },
        limits={
            "timeoutSec": Limit(minimum=1, maximum=2147483647, by="api"),
            "connectionDrainingTimeoutSec": Limit(minimum=0, maximum=3600, by="api"),
            "logConfig.sampleRate": Limit(minimum=0, maximum=1, by="api"),
        },
        conflicts=(below("iap", "oauth2ClientId oauth2ClientIdWo"), below("iap", "oauth2ClientSecret oauth2ClientSecretWo")),
        at_least_one_of=(
            below("cdnPolicy", "cacheKeyPolicy signedUrlCacheMaxAgeSec"),
            below(
                "cdnPolicy.cacheKeyPolicy",
                "includeHost includeHttpHeaders includeNamedCookies includeProtocol includeQueryString queryStringBlacklists "
                "queryStringWhitelists",
            ),
            below("circuitBreakers", "connectTimeout maxConnections maxPendingRequests maxRequests maxRequestsPerConnection maxRetries"),
            below("consistentHash", "httpCookie httpHeaderName minimumRingSize"),
            below("consistentHash.httpCookie", "name path ttl"),
            below("logConfig", "enable sampleRate"),
            below(
                "outlierDetection",
                "baseEjectionTime consecutiveErrors consecutiveGatewayFailure enforcingConsecutiveErrors "
                "enforcingConsecutiveGatewayFailure enforcingSuccessRate interval maxEjectionPercent successRateMinimumHosts "
                "successRateRequestVolume successRateStdevFactor",
            ),
            below("strongSessionAffinityCookie", "name path ttl"),
        ),
        required_with={
            "iap.oauth2ClientIdWo": ("iap.oauth2ClientIdWoVersion",),
            "iap.oauth2ClientIdWoVersion": ("iap.oauth2ClientIdWo",),
            "iap.oauth2ClientSecretWo": ("iap.oauth2ClientSecretWoVersion",),
            "iap.oauth2ClientSecretWoVersion": ("iap.oauth2ClientSecretWo",),
        },
        defaults={
            "backends[*].balancingMode": "UTILIZATION",
            "backends[*].capacityScaler": 1.0,
            "backends[*].customMetrics[*].maxUtilization": 0.8,
            "cdnPolicy.signedUrlCacheMaxAgeSec": 3600,
            "circuitBreakers.maxConnections": 1024,
            "circuitBreakers.maxPendingRequests": 1024,
            "circuitBreakers.maxRequests": 1024,
            "circuitBreakers.maxRetries": 3,
            "connectionDrainingTimeoutSec": 300,
            "consistentHash.minimumRingSize": 1024,
            "loadBalancingScheme": "EXTERNAL_MANAGED",
            "logConfig.sampleRate": 1.0,
            "networkPassThroughLbTrafficPolicy.zonalAffinity.spillover": "ZONAL_AFFINITY_DISABLED",
            "protocol": "HTTP",
            "portName": "http",
            "sessionAffinity": "NONE",
            "timeoutSec": 30,
        },
        keeps=frozenset(names("logConfig.optionalMode portName project protocol sessionAffinity timeoutSec")),
        sets=frozenset(names("backends customRequestHeaders customResponseHeaders")),
        references=(
            uses("backends[*].group", GROUP, by=("instanceGroup",)),
            uses("healthChecks", HEALTH_CHECK, REGION_HEALTH_CHECK),
            uses("securityPolicy", POLICY),
            uses("edgeSecurityPolicy", POLICY),
        ),
        checks=(_checked_instances, _balanced),
    ),
    compute(
        URL_MAP,
        "urlMaps",
        "global",
        replaces=frozenset(names("name project")),
        enums={
            **{f"{route}.cachePolicy.cacheMode": _CACHE for route in _ROUTES},
            **{f"{block}.redirectResponseCode": _REDIRECTS for block in _REDIRECT_BLOCKS},
            "pathMatchers[*].routeRules[*].matchRules[*].metadataFilters[*].filterMatchCriteria": names("MATCH_ALL MATCH_ANY"),
        },
        limits={
            **{
                f"{route}.cachePolicy.{duration}.nanos": _ZERO
                for route in _ROUTES
                for duration in ("clientTtl", "defaultTtl", "maxTtl", "negativeCachingPolicies[*].ttl", "serveWhileStale")
            },
            **{f"{route}.requestMirrorPolicy.mirrorPercent": _PERCENT for route in _ROUTES},
            **{f"{route}.faultInjectionPolicy.{path}": limit for route in _ROUTES[:2] for path, limit in _FAULT_LIMITS.items()},
            **{f"{route}.retryPolicy.numRetries": Limit(minimum=1) for route in _ROUTES[:2]},
            **{f"{route}.weightedBackendServices[*].weight": Limit(minimum=0, maximum=1000) for route in _ROUTES[:2]},
            "pathMatchers[*].routeRules[*].matchRules[*].metadataFilters[*].filterLabels": Limit(min_items=1, max_items=64),
        },
        conflicts=(
            names("defaultRouteAction defaultUrlRedirect"),
            below("defaultRouteAction.cachePolicy.cacheKeyPolicy", "excludedQueryParameters includedQueryParameters"),
        ),
        exactly_one_of=(names("defaultRouteAction.weightedBackendServices defaultService defaultUrlRedirect"),),
        defaults={
            **{f"{block}.httpsRedirect": False for block in _REDIRECT_BLOCKS},
            "pathMatchers[*].routeRules[*].urlRedirect.stripQuery": False,
            **{f"{route}.corsPolicy.disabled": False for route in _ROUTES},
        },
        keeps=frozenset(names("project")),
        references=tuple(uses(path, BACKEND) for path in _SERVICES),
    ),
)
