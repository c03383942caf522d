"""What cannot work together at a front, each with the whole message that the user sees. Nothing is created then."""

from typing import Any

import pytest

from multicloud.errors import ArgumentError
from multicloud.front.cloudflare import CloudflareFront
from multicloud.front.contract import Mode
from multicloud.front.steering import REGIONS
from tests.recording import Recording


def origin(address: str = "192.0.2.1", name: str = "m1", **more: Any) -> dict[str, Any]:
    return {"name": name, "address": address, "weight": 1.0, **more}


def pool(name: str = "own", origins: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "origins": [origin()] if origins is None else origins, **more}


def pools(first: Any = None, second: Any = None) -> dict[str, Any]:
    """Two pools with something said of each."""
    return {"pools": [pool("aws", **(first or {})), pool("gcp", [origin("192.0.2.2")], **(second or {}))]}


RANDOM = {"steering": "random"}
DNS: dict[str, Any] = {"mode": "dns"}
TUNNEL: dict[str, Any] = {"mode": "tunnel", "pools": None}
OPEN: dict[str, Any] = {"dns": {"proxied": False}}
GEO = {"steering": "geo", "geo": {"regions": {"WEU": ["gcp"]}}}
COOKIE = {"session_affinity": "cookie"}
HEADER = {"session_affinity": "header", "affinity": {"headers": ["X-Session"]}}
ENTERPRISE = {"plan": "enterprise"}
NEXT = {"pattern": "preproduction", "preproduction_hostname": "next.example.com"}


def routes(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"routes": [{"name": f"r{index}", "path": "/api/", "pools": ["gcp"], **one} for index, one in enumerate(given)], **more}


MODES: list[tuple[dict[str, Any], str]] = [
    ({"mode": "anycast"}, "mode: 'anycast' is not known; take one of " + ", ".join(Mode)),
    (
        {**DNS, "monitor": {"interval": 30}},
        "monitor: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    ),
    ({**DNS, **RANDOM}, "steering: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer"),
    ({**DNS, **COOKIE}, "session_affinity: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer"),
    (
        {**DNS, "failover_within": 60},
        "failover_within: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    ),
    (
        {**DNS, "notification_email": "ops@example.com"},
        "notification_email: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    ),
    ({**DNS, "dns": {"ttl": 300}}, "dns.ttl: is given, and a proxied record's is Cloudflare's own; say proxied: false, or leave it out"),
    (
        {**DNS, "dns": {"proxied": False, "ttl": 30}},
        "dns.ttl: 30 is outside 60 to 86400 seconds on the free plan; 300 is a good start",
    ),
    ({"dns": {"proxied": False, "ttl": 20}}, "dns.ttl: 20 is outside 30 to 86400 seconds on the free plan; 300 is a good start"),
    (
        {**DNS, **pools({"weight": 0.5})},
        "pools[0].weight: 0.5 is neither 0 nor 1, and records have no weights; say 0 to drain it, or leave it out",
    ),
    (
        {**DNS, **pools({"weight": 0}, {"weight": 0})},
        "pools: every weight is 0, so that no pool would get a visitor; give at least one pool a weight above 0",
    ),
    (
        {**DNS, **pools({"shed_percent": 20})},
        "pools[0].shed_percent: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    ),
    (
        {**DNS, "pools": [pool("aws", [origin("lb.aws.example")]), pool("gcp", [origin("192.0.2.2")])]},
        "pools: lb.aws.example is a hostname, whose record (a CNAME) stands alone under a name, and there are 2 origins; give the tiers "
        "exposure machines, set the weight of all pools but one to 0, or say mode: load_balancer",
    ),
    (
        {**DNS, "origin_port": 8080},
        "origin_port: 8080 is said, and a record says no port; take 80 or 443, or say mode: load_balancer",
    ),
    (
        {**OPEN, "origin_port": 8080},
        "origin_port: 8080 is said, and visitors come to the origins by themselves, on 80 and 443; take one of these, or leave "
        "dns.proxied out",
    ),
    ({**DNS, "pools": [pool(origin_count=3)]}, "pools[0].origin_count: 3 is said, and the origins are 1; say 1"),
    (
        {**DNS, **OPEN, "shield": {"minimum_tls": "1.3"}},
        "shield: shields nothing where dns.proxied is false; leave one of the two out",
    ),
]

PROXY: list[tuple[dict[str, Any], str]] = [
    (
        {**OPEN, **COOKIE},
        "session_affinity: needs Cloudflare between visitors and origins, and dns.proxied is false; leave one of the two out",
    ),
    (
        {**OPEN, **pools(), "failover_across_pools": True},
        "failover_across_pools: needs Cloudflare between visitors and origins, and dns.proxied is false; leave one of the two out",
    ),
    (
        {**OPEN, **pools(), **routes({})},
        "routes: needs Cloudflare between visitors and origins, and dns.proxied is false; leave one of the two out",
    ),
    (
        {**OPEN, **pools(), "steering": "least_connections"},
        "steering: least_connections counts what goes through Cloudflare: nothing, since dns.proxied is false; take random",
    ),
    (
        {**OPEN, **pools({}, {"origin_steering": "least_outstanding_requests"})},
        "pools[1].origin_steering: least_outstanding_requests counts what goes through Cloudflare: nothing, since dns.proxied is false; "
        "take random",
    ),
    (
        {**pools(), **GEO, "location_strategy": {"mode": "resolver_ip"}},
        "location_strategy: means nothing where Cloudflare stands between: a visitor is where the data centre is that answers; "
        "leave it out, or say dns: {proxied: false}",
    ),
    (
        {**OPEN, **pools(), "location_strategy": {"mode": "resolver_ip"}},
        "location_strategy: means nothing to steering failover; it is for geo and proximity; leave it out",
    ),
]

STEERING: list[tuple[dict[str, Any], str]] = [
    (
        {"steering": "fastest"},
        "steering: 'fastest' is not known; take one of failover, random, geo, dynamic_latency, proximity, least_outstanding_requests, "
        "least_connections",
    ),
    ({"steering": "geo"}, "geo: is missing, and steering geo goes by it; say steering: geo and, in geo, which pools for which place"),
    (
        {**pools(), "geo": {"regions": {"WEU": ["gcp"]}}},
        "geo: means nothing to steering failover; say steering: geo and, in geo, which pools for which place",
    ),
    ({"steering": "geo", "geo": {}}, "geo: names no place; give regions, countries or pops, or another steering"),
    (
        {**pools(), "steering": "geo", "geo": {"regions": {"WEUR": ["gcp"]}}},
        "geo.regions['WEUR']: is no region of Cloudflare; did you mean WEU?",
    ),
    (
        {**pools(), "steering": "geo", "geo": {"countries": {"de": ["gcp"]}}},
        "geo.countries['de']: is no code of a country; write two capital letters, like DE",
    ),
    (
        {**pools(), "steering": "geo", "geo": {"pops": {"FRA": ["gcp"]}}},
        "geo.pops: needs the Enterprise plan; use regions or countries, or say plan: enterprise",
    ),
    (
        {**pools(), "steering": "geo", "geo": {"pops": {"Fra1": ["gcp"]}}, **ENTERPRISE},
        "geo.pops['Fra1']: is no code of a data centre; write three capital letters, like FRA",
    ),
    ({**pools(), "steering": "geo", "geo": {"regions": {"WEU": []}}}, "geo.regions['WEU']: names no pool; name one at least"),
    (
        {**pools(), "steering": "geo", "geo": {"regions": {"WEU": ["gpc"]}}},
        "geo.regions['WEU'][0]: 'gpc' is none of the pools; did you mean gcp?",
    ),
    (
        {**pools(), "steering": "geo", "geo": {"countries": {"CH": ["gcp", "gcp"]}}},
        "geo.countries['CH'][1]: gcp is there already; leave it out",
    ),
    ({**pools({"weight": 0.5})}, "pools[0].weight: means nothing to steering failover; leave it out, or take steering random"),
    ({**pools(), "fallback_pool": "azure"}, "fallback_pool: 'azure' is none of the pools; known are aws, gcp"),
    ({**pools({}, {"enabled": False}), "fallback_pool": "gcp"}, "fallback_pool: gcp is not enabled; enable it, or name another"),
]

POOLS: list[tuple[dict[str, Any], str]] = [
    (
        {**pools({"routes_only": True}, {"routes_only": True})},
        "pools: all are routes_only, so that nobody else would get an answer; leave that out at one at least",
    ),
    ({**pools({"enabled": False}, {"enabled": False})}, "pools: none is enabled, so that nobody would get an answer; enable one at least"),
    (
        {**pools({"enabled": False}, {"routes_only": True})},
        "pools: none is enabled, so that nobody would get an answer; enable one at least",
    ),
    (
        {**pools({"weight": 0}, {"enabled": False}), **RANDOM},
        "pools: the weight of every one that is enabled is 0, so that none would get a visitor; give at least one of them a weight above 0",
    ),
    ({"pools": [pool(shed_percent=120)]}, "pools[0].shed_percent: 120 is outside 0 to 100 percent; leave it out to shed nobody"),
    (
        {"pools": [pool(check_regions=["ALL_REGIONS"])]},
        "pools[0].check_regions: ALL_REGIONS needs the Enterprise plan; name the regions, or leave it out",
    ),
    (
        {"pools": [pool(check_regions=["WEU", "ALL_REGIONS"])], **ENTERPRISE},
        "pools[0].check_regions: names others beside ALL_REGIONS; write [ALL_REGIONS]",
    ),
    ({"pools": [pool(check_regions=["EU"])]}, "pools[0].check_regions[0]: 'EU' is no region of Cloudflare; did you mean WEU?"),
    (
        {"pools": [pool(check_regions=[*REGIONS][:9])], "plan": "business"},
        "pools[0].check_regions: names 9 regions, and the business plan can have 8; name fewer, or leave it out",
    ),
    (
        {"pools": [pool(check_regions=["WEU", "EEU", "WEU"])]},
        "pools[0].check_regions[2]: WEU is there twice; name it once",
    ),
    (
        {"pools": [pool(origin_steering="fastest")]},
        "pools[0].origin_steering: 'fastest' is not known; take one of random, hash, least_outstanding_requests, least_connections",
    ),
    ({"pools": [pool(origin_count=0)]}, "pools[0].origin_count: 0 is below 1; say how many there are"),
    ({"pools": [pool(cost=2)]}, "pools[0].cost: means nothing to pattern none; say pattern: cost_weighted"),
]

PATTERNS: list[tuple[dict[str, Any], str]] = [
    ({"pattern": "active_active"}, "pattern: active_active is about several pools, and there is one; add a pool, or leave it out"),
    (
        {**pools(), "pattern": "burst"},
        "pools[0].shed_percent: is missing, and pattern burst is about what the first pool sheds; say how much, like 20",
    ),
    ({**pools(), "pattern": "preproduction"}, "preproduction_hostname: is missing; it goes with pattern: preproduction"),
    (
        {**pools(), "preproduction_hostname": "next.example.com"},
        "preproduction_hostname: is given, and pattern is none; it goes with pattern: preproduction",
    ),
    (
        {**pools(), "pattern": "preproduction", "preproduction_hostname": "www.example.com"},
        "preproduction_hostname: is a name of the site itself; give it a name of its own, like next",
    ),
    (
        {**pools(), "pattern": "preproduction", "preproduction_hostname": "next.example.org"},
        "preproduction_hostname: next.example.org is outside the zone example.com; write example.com itself or a name that ends with "
        ".example.com",
    ),
    (
        {**pools({"cost": 10}), "pattern": "cost_weighted"},
        "pools[1].cost: is missing; say what the same work costs in each pool, in any unit",
    ),
    (
        {**pools({"cost": 10}, {"cost": 0}), "pattern": "cost_weighted"},
        "pools[1].cost: 0 is not above 0; say what the same work costs in each pool, in any unit",
    ),
    (
        {**pools({"cost": 10}, {"cost": 5}), "pattern": "cost_weighted", "steering": "failover"},
        "steering: failover has no weights, and pattern cost_weighted is about them; leave it out",
    ),
    (
        {**pools(), **NEXT, **routes({})},
        "routes: 2, that of the pattern among them, are more than the 1 of this plan; give fewer, or say plan enterprise",
    ),
    (
        {**pools(), **NEXT, **GEO},
        "pattern: is preproduction, a rule about requests, and with steering geo Cloudflare follows no rules; take another steering, or "
        "leave one out",
    ),
]

AFFINITY: list[tuple[dict[str, Any], str]] = [
    ({"affinity": {"ttl": 3600}}, "affinity: is given, and session_affinity is none; say session_affinity: cookie, or leave it out"),
    (
        {**COOKIE, "affinity": {"ttl": 60}},
        "affinity.ttl: 60 is outside 1800 to 604800 seconds with affinity by cookie; give 1800",
    ),
    (
        {"session_affinity": "header", "affinity": {"headers": ["X-Session"], "ttl": 86400}},
        "affinity.ttl: 86400 is outside 30 to 3600 seconds with affinity by header; give 3600",
    ),
    (
        {"session_affinity": "header"},
        "affinity: is missing, and session_affinity header goes by its headers; say affinity: {headers: [X-Session]}",
    ),
    (
        {"session_affinity": "header", "affinity": {"ttl": 60}},
        "affinity.headers: is missing, and affinity by header goes by them; name one, like X-Session",
    ),
    (
        {"session_affinity": "header", "affinity": {"headers": ["A", "B"]}},
        "affinity.headers: names 2, and the free plan has 1; name 1 at most",
    ),
    (
        {**COOKIE, "affinity": {"headers": ["X-Session"]}},
        "affinity.headers: means nothing to affinity by cookie; say session_affinity: header, or leave it out",
    ),
    (
        {"session_affinity": "header", "affinity": {"headers": ["X Session"]}},
        "affinity.headers[0]: is no name of a header; take letters, digits, hyphens and underscores",
    ),
    (
        {**COOKIE, "affinity": {"require_all_headers": True}},
        "affinity.require_all_headers: means nothing to affinity by cookie; leave it out",
    ),
    (
        {"session_affinity": "header", "affinity": {"headers": ["X-Session"], "same_site": "Lax"}},
        "affinity.same_site: is a cookie's, and affinity by header sets none; leave it out",
    ),
    (
        {**COOKIE, "affinity": {"same_site": "None", "secure": "Never"}},
        "affinity.secure: is Never beside same_site None, which browsers refuse; say Always, or leave it out",
    ),
    ({**COOKIE, "affinity": {"drain_seconds": 7200}}, "affinity.drain_seconds: 7200 is outside 0 to 3600 seconds; 300 is a good start"),
    (
        {"zero_downtime_failover": "temporary"},
        "zero_downtime_failover: temporary is about visitors who stay, and session_affinity is none: the others go to another origin "
        "anyway; leave it out, or say session_affinity: cookie",
    ),
    (
        {**HEADER, "zero_downtime_failover": "sticky"},
        "zero_downtime_failover: sticky keeps a visitor elsewhere by a cookie, and session_affinity is header; take temporary, or "
        "session_affinity: cookie",
    ),
]

ROUTES: list[tuple[dict[str, Any], str]] = [
    ({**pools(), **routes({}, {})}, "routes: 2 are more than the 1 of this plan; give fewer, or say plan enterprise"),
    (
        {**pools(), **GEO, **routes({})},
        "routes: are given, and with steering geo Cloudflare follows no rules; take another steering, or leave one out",
    ),
    ({**pools(), **routes({"name": "a/b"})}, "routes[0].name: is no name of a rule; take letters, digits, blanks, hyphens and underscores"),
    (
        {**pools(), **routes({}, {"name": "r0"}, **ENTERPRISE)},
        "routes[1].name: r0 is another route's, too; give each a name of its own",
    ),
    ({**pools(), **routes({"path": "api"})}, "routes[0].path: 'api' is no beginning of a path; write one like /api/"),
    (
        {**pools(), **routes({"path": None})},
        "routes[0].path: is missing, and so are hostname and expression; say which requests it is about",
    ),
    (
        {**pools(), **routes({"expression": "true"})},
        "routes[0].expression: is given beside hostname or path; write all of the condition in one of the two ways",
    ),
    (
        {**pools(), **routes({"hostname": "api.example.com"})},
        "routes[0].hostname: api.example.com is none of the front's names; add it to aliases",
    ),
    ({**pools(), **routes({"pools": ["azure"]})}, "routes[0].pools[0]: 'azure' is none of the pools; known are aws, gcp"),
    (
        {**pools(), **routes({"respond": {"status": 503}})},
        "routes[0].pools: and respond are both given, or neither is; give one of the two",
    ),
    (
        {**pools({}, {"enabled": False}), **routes({})},
        "routes[0].pools: none is enabled, so that nobody would get an answer; enable one, or let Cloudflare answer itself: "
        "respond: {status: 503}",
    ),
    (
        {**pools(), **routes({"steering": "geo"})},
        "routes[0].steering: geo is for the whole front; list the route's own pools in failover order",
    ),
    (
        {**pools(), **routes({"session_affinity": "header"})},
        "routes[0].session_affinity: header is for the whole front; take cookie or ip_cookie",
    ),
    (
        {**pools(), **routes({"pools": None, "respond": {"status": 503}, "steering": "random"})},
        "routes[0].steering: means nothing where Cloudflare answers itself; leave it out",
    ),
    (
        {**pools(), **routes({"pools": None, "respond": {"status": 99}})},
        "routes[0].respond.status: 99 is outside 200 to 599; 503 is usual for maintenance",
    ),
    (
        {**pools(), **routes({"pools": None, "respond": {"status": 302}})},
        "routes[0].respond.location: goes with a status of 301, 302, 303, 307 or 308, and they with it; give both or neither",
    ),
    (
        {**pools(), **routes({"pools": None, "respond": {"status": 503, "body": "x" * 1025}})},
        "routes[0].respond.body: is 1025 bytes, over 1024; serve long pages from an origin",
    ),
]

DETECTION: list[tuple[dict[str, Any], str]] = [
    ({"monitor": {"interval": 10}}, "monitor.interval: 10 is outside 15 to 3600 on the free plan; give 15"),
    ({"monitor": {"consecutive_down": 6}}, "monitor.consecutive_down: 6 is outside 1 to 5; give 5"),
    ({"monitor": {"expected_body": ""}}, "monitor.expected_body: is not 1 to 1000 characters; give a short text, or leave it out"),
    (
        {"failover_within": 30},
        "failover_within: 30 seconds cannot be met: the monitor may take 75; say monitor: {interval: 15, timeout: 2, retries: 2}, which "
        "takes 21",
    ),
    (
        {"failover_within": 20},
        "failover_within: 20 seconds cannot be met: the monitor may take 75; say monitor: {interval: 15, timeout: 2, retries: 2}, which "
        "takes 21 and is the least that leaves room for a lost packet; allow that",
    ),
    (
        {**OPEN, "monitor": {"interval": 15, "timeout": 2, "retries": 2}, "failover_within": 30},
        "failover_within: 30 seconds cannot be met: monitor and resolvers may take 51; say monitor: {interval: 15, timeout: 2, retries: "
        "2}, which takes 51 and is the least that leaves room for a lost packet; allow that",
    ),
]

NOTIFICATIONS: list[tuple[dict[str, Any], str]] = [
    ({"notifications": {}}, "notifications: names nobody; give emails, webhooks or pagerduty, or leave it out"),
    ({"notifications": {"emails": ["ops"]}}, "notifications.emails[0]: is not an e-mail address; write one like ops@example.com"),
    (
        {"notifications": {"webhooks": {"chat": "http://hooks.example.com"}}, "plan": "pro"},
        "notifications.webhooks['chat']: is not a URL of https; write one like https://hooks.example.com/...",
    ),
    (
        {"notifications": {"webhooks": {"": "https://hooks.example.com"}}, "plan": "pro"},
        "notifications.webhooks['']: is no name for people; take 1 to 64 letters, digits, blanks, hyphens and underscores",
    ),
    (
        {"notifications": {"pagerduty": ["service"]}, "plan": "business"},
        "notifications.pagerduty[0]: is no id of a service; write its 32 hexadecimal digits",
    ),
    (
        {"notifications": {"webhooks": {"chat": "https://hooks.example.com"}}},
        "notifications.webhooks: need the Pro plan; give emails, or say another plan",
    ),
    (
        {"notifications": {"pagerduty": ["0" * 32]}, "plan": "pro"},
        "notifications.pagerduty: needs the Business plan; give emails, or say another plan",
    ),
    (
        {"notifications": {"emails": ["ops@example.com"]}, "notification_email": "ops@example.com"},
        "notification_email: is given beside notifications.emails; leave one of the two out",
    ),
]

ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"pools": []}, "pools: the list is empty; give at least one pool, the first choice first"),
    ({"pools": [pool(), pool()]}, "pools[1].name: 'own' is the name of pools[0], too; give each pool a name of its own"),
    ({"pools": [pool("a pool")]}, "pools[0].name: 'a pool' is not a pool name; take 1 to 40 letters, digits, hyphens and underscores"),
    ({"pools": [pool(origins=[])]}, "pools[0].origins: the list is empty; give at least one origin: Cloudflare takes no empty pool"),
    (
        {"pools": [pool(origins=[origin(), origin("192.0.2.2")])]},
        "pools[0].origins: two origins have the same name, m1; give each origin its own",
    ),
    (
        {"pools": [pool(origins=[origin(), origin(name="m2")])]},
        "pools[0].origins: two origins have the same address, 192.0.2.1; give each origin its own",
    ),
    (
        {"pools": [pool(origins=[origin(weight=1.5)])]},
        "pools[0].origins: the weight of m1, 1.5, is outside 0 to 1; divide all weights by the largest one",
    ),
    (
        {"pools": [pool(origins=[origin("https://web.example.net/")])]},
        "pools[0].origins[0].address: 'https://web.example.net/' is not an address; write the address alone, without scheme, port and "
        "prefix, like 203.0.113.10, 2001:db8::10 or web.example.net",
    ),
    (
        {"pools": [pool(origins=[origin("10.0.0.1")])]},
        "pools[0].origins[0].address: 10.0.0.1 cannot be reached from the internet; give an address of the machine's that the internet "
        "reaches, or that of a load balancer before it",
    ),
    (
        {"pools": [pool(origins=[origin("www.example.com")])]},
        "pools[0].origins: www.example.com is the front itself; give the address of what is behind it",
    ),
    ({"pools": [pool(minimum_origins=0)]}, "pools[0].minimum_origins: 0 is below 1; give at least 1, or leave it out"),
    (
        {"pools": [pool(minimum_origins=2)]},
        "pools[0].origins: 1 can never be the 2 healthy ones of minimum_origins; lower that to 1",
    ),
    ({"pools": [pool(weight=7)], **RANDOM}, "pools[0].weight: 7 is outside 0 to 1; divide all weights by the largest one"),
    (
        {"pools": [pool(weight=0)], **RANDOM},
        "pools: every weight is 0, so that no pool would get a visitor; give at least one pool a weight above 0",
    ),
    (
        {"pools": [pool(cloud="aws", region="moon-1")], "steering": "proximity"},
        "pools[0].region: moon-1 of aws is not in the table of coordinates; give the pool latitude and longitude",
    ),
    (
        {"pools": [pool()], "steering": "proximity"},
        "pools[0]: proximity has to know where the pool is; give it cloud and region, or latitude and longitude",
    ),
    ({"pools": [pool(latitude=1.0)]}, "pools[0].latitude: is given without longitude; give both or neither"),
    ({"pools": [pool(longitude=1.0)]}, "pools[0].longitude: is given without latitude; give both or neither"),
    ({"pools": [pool(latitude=91.0, longitude=0.0)]}, "pools[0].latitude: 91.0 is outside -90 to 90 degrees; give decimal degrees"),
    ({"pools": [pool(f"p{i}") for i in range(21)]}, "pools: 21 are more than the 20 of this plan; give fewer, or say plan enterprise"),
    ({"plan": "gold"}, "plan: 'gold' is not known; take one of free, pro, business, enterprise"),
    ({"health_path": "healthz"}, "health_path: 'healthz' does not begin with a slash; write /healthz"),
    ({"expected_status": 503}, "expected_status: 503 does not say that an origin is healthy; give a status from 200 to 399"),
    ({"origin_port": 70000}, "origin_port: 70000 is not a port; give a number from 1 to 65535"),
    ({"notification_email": "ops"}, "notification_email: is not an e-mail address; write one like ops@example.com"),
    (
        {"hostname": "www.example.org"},
        "hostname: www.example.org is outside the zone example.com; write example.com itself or a name that ends with .example.com",
    ),
    (
        {"aliases": ["shop.example.net"]},
        "aliases[0]: shop.example.net is outside the zone example.com; write example.com itself or a name that ends with .example.com",
    ),
]

UNSTEERED = "is given, and mode tunnel has no load balancing; leave it out, or say mode: load_balancer over tiers with a tunnel each"
NO_ORIGINS = "is about connections to origins, and a tunnel has none: its own are encrypted, and both of their ends known to each other"

TUNNELS: list[tuple[dict[str, Any], str]] = [
    (
        {"mode": "tunnel"},
        "pools: are given, and mode tunnel leads to the machines that open its tunnel, the nearest of them, and nowhere else; "
        "leave them out, or say mode: load_balancer over tiers with a tunnel each",
    ),
    *(
        ({**TUNNEL, **given}, f"{next(iter(given))}: {UNSTEERED}")
        for given in (
            RANDOM,
            {"steering": "failover"},
            {"geo": {"regions": {"WEU": ["gcp"]}}},
            {"routes": [{"name": "api", "path": "/api/", "pools": ["gcp"]}]},
            {"monitor": {"interval": 30}},
            {"failover_within": 60},
            {"fallback_pool": "aws"},
            {"pattern": "active_active"},
            COOKIE,
            {"failover_across_pools": True},
            {"location_strategy": {"mode": "pop"}},
            {"notification_email": "ops@example.com"},
            {"notifications": {"emails": ["ops@example.com"]}},
        )
    ),
    ({**TUNNEL, **OPEN}, "dns.proxied: is false, and only Cloudflare reaches a tunnel; leave it out"),
    ({**TUNNEL, "dns": {"ttl": 300}}, "dns.ttl: is given, and a tunnel is always proxied, where it is Cloudflare's own; leave it out"),
    (
        {**TUNNEL, "origin_port": 443},
        "origin_port: 443 is HTTPS, and machines serve a tunnel by plain HTTP: what leaves them is encrypted by the tunnel itself; "
        "leave it out, which is 80",
    ),
    ({**TUNNEL, "shield": {"ssl": "flexible"}}, f"shield.ssl: flexible {NO_ORIGINS}; leave it out, which is strict"),
    ({**TUNNEL, "shield": {"ssl": "full"}}, f"shield.ssl: full {NO_ORIGINS}; leave it out, which is strict"),
    ({**TUNNEL, "shield": {"origin_pulls": True}}, f"shield.origin_pulls: {NO_ORIGINS}; leave it out"),
]


@pytest.mark.parametrize(
    ("changes", "message"),
    [*ARGUMENTS, *MODES, *TUNNELS, *PROXY, *STEERING, *POOLS, *PATTERNS, *AFFINITY, *ROUTES, *DETECTION, *NOTIFICATIONS],
    ids=lambda value: value.partition(";")[0][:60] if isinstance(value, str) else "",
)
def test_what_cannot_work_is_refused_before_anything_is_created(recording: Recording, changes: dict[str, Any], message: str) -> None:
    given: Any = {"zone": "example.com", "hostname": "www.example.com", "pools": [pool()], **changes}
    with pytest.raises(ArgumentError) as refused:
        recording.run(lambda: CloudflareFront("front", given))
    assert str(refused.value) == message
    assert not recording.children("front")
