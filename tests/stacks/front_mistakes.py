"""The mistakes that can be made in how a front leads to its tiers, each with what the user reads."""

from functools import partial

from tests.stacks.valid import GONE, VALID, Mistakes, Values, note

WRONG: Mistakes = {}
wrong = partial(note, WRONG)

EVEN: Values = {"front__steering": GONE, "web__gcp__weight": GONE}
"""Nothing said of steering, and no tier weighed."""
GEO: Values = {"front__steering": "geo", "web__gcp__weight": GONE}
MACHINES: Values = {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 2}, "exposure": "machines"}
EXTERNAL: Values = {"cloud": "external", "addresses": ["203.0.113.1"]}
DNS: Values = {**EVEN, "front__mode": "dns", "web__aws": MACHINES}
"""An environment whose tiers are records, and right."""
PREPRODUCTION: Values = {**EVEN, "front__pattern": "preproduction"}

# Modes
wrong(
    "a mode that does not exist",
    "environment.front.mode: is not known; take one of load_balancer, dns, tunnel; did you mean dns?",
    front__mode="dsn",
)
wrong(
    "steering where nothing steers",
    "environment.front.steering: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    **DNS | {"front__steering": "random"},
)
wrong(
    "a monitor where nothing is asked for its health",
    "environment.front.monitor: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    **DNS,
    front__monitor={"interval": 30},
)
wrong(
    "a pattern where nothing steers",
    "environment.front.pattern: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    **DNS,
    front__pattern="active_active",
)
wrong(
    "a limit where nothing fails over",
    "environment.front.failover_within: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    **DNS,
    front__failover_within=60,
)
wrong(
    "AWS's load balancer beside other tiers as records",
    "environment.web.aws.exposure: AWS's load balancer has a name and no addresses that stay, which as a record "
    "stands alone, and there are 3 under mode dns; say exposure: machines, or front.mode: load_balancer",
    **EVEN,
    front__mode="dns",
)
wrong(
    "registered machines beside other tiers as records",
    "environment.web.digitalocean.exposure: registered machines stand under a name of their own, which as a record "
    "stands alone, and there are 4 under mode dns; say exposure: machines, or front.mode: load_balancer",
    **DNS,
    web__digitalocean__exposure="registered",
    web__digitalocean__registration={"hostname": "origins.example.com"},
)
wrong(
    "a hostname beside other addresses as records",
    "environment.web.aws.addresses[1]: web.example.net is a name, which as a record stands alone, and there are 4 "
    "under mode dns; give the machine's address, or say front.mode: load_balancer",
    **DNS | {"web__aws": EXTERNAL | {"addresses": ["203.0.113.1", "web.example.net"]}},
)
wrong(
    "an address twice as records",
    "environment.web.digitalocean.addresses[0]: 203.0.113.1 is there already, in aws, and a name has each record once; leave it out",
    **DNS | {"web__aws": EXTERNAL},
    web__digitalocean=EXTERNAL,
)
wrong(
    "a port that no record says",
    "environment.web.aws.health_check.port: leads to port 8080, and a record says no port; take 80, or say front.mode: load_balancer",
    front__mode="dns",
    front__steering=GONE,
    web={"aws": MACHINES | {"health_check": {"port": 8080}}},
    front__order=["aws"],
)
wrong(
    "a port that visitors do not come to",
    "environment.web.aws.health_check.port: leads to port 8080, and a record says no port; take 80, or leave front.dns.proxied out",
    front__dns={"proxied": False},
    front__steering=GONE,
    web={"aws": MACHINES | {"health_check": {"port": 8080}}},
    front__order=["aws"],
)
wrong(
    "a share of visitors where nothing is weighed",
    "environment.web.gcp.weight: 0.5 is neither 0 nor 1, and records have no weights; say 0 to drain it, or leave it out",
    **DNS | {"web__gcp__weight": 0.5},
)
wrong(
    "what a tier sheds where nothing is steered",
    "environment.web.gcp.shed_percent: is given, and mode dns has no load balancing; leave it out, or say mode: load_balancer",
    **DNS,
    web__gcp__shed_percent=10,
)
wrong(
    "tiers that are all drained, as records",
    "environment.web: every weight is 0, so that no pool would get a visitor; give at least one pool a weight above 0",
    **EVEN,
    front__mode="dns",
    web={name: {**tier, "weight": 0} for name, tier in VALID["web"].items()},
)
wrong(
    "a lifetime of records that Cloudflare decides on",
    "environment.front.dns.ttl: is given, and a proxied record's is Cloudflare's own; say proxied: false, or leave it out",
    **DNS,
    front__dns={"ttl": 60},
)
wrong(
    "a lifetime of records that is too short for the plan",
    "environment.front.dns.ttl: 30 is outside 60 to 86400 seconds on the free plan; 300 is a good start",
    **DNS,
    front__dns={"proxied": False, "ttl": 30},
)
wrong(
    "a shield that visitors pass by",
    "environment.front.shield: shields nothing where dns.proxied is false; leave one of the two out",
    **DNS,
    front__dns={"proxied": False},
    front__shield={"minimum_tls": "1.3"},
)

# Patterns
wrong(
    "a misspelt pattern",
    "environment.front.pattern: is not known; take one of active_active, active_passive, burst, preproduction, "
    "cost_weighted; did you mean active_passive?",
    front__pattern="active_pasive",
)
wrong(
    "a pattern that goes by the order, without one",
    "environment.front.order: is missing, and pattern active_passive goes by it; "
    "name the tiers, the first choice first, like [aws, gcp, digitalocean]",
    **EVEN,
    front__pattern="active_passive",
    front__order=GONE,
)
wrong(
    "a burst without an order, whatever the steering",
    "environment.front.order: is missing, and pattern burst goes by it; "
    "name the tiers, the first choice first, like [aws, gcp, digitalocean]",
    front__pattern="burst",
    front__order=GONE,
    web__aws__shed_percent=20,
)
wrong(
    "a burst of which nothing is shed",
    "environment.web.aws.shed_percent: is missing, and pattern burst is about what the first pool sheds; say how much, like 20",
    **EVEN,
    front__pattern="burst",
)
wrong(
    "a tier without its cost",
    "environment.web.gcp.cost: is missing; say what the same work costs in each pool, in any unit",
    **EVEN,
    front__pattern="cost_weighted",
    web__aws__cost=1,
    web__digitalocean__cost=2,
)
wrong(
    "a tier without its cost, after one that needs none",
    "environment.web.gcp.cost: is missing; say what the same work costs in each pool, in any unit",
    **EVEN,
    front__pattern="cost_weighted",
    web__aws__routes_only=True,
    web__digitalocean__cost=2,
)
wrong(
    "a cost where nothing goes by it",
    "environment.web.aws.cost: means nothing to pattern none; say pattern: cost_weighted",
    web__aws__cost=1,
)
wrong(
    "a cost of nothing",
    "environment.web.aws.cost: 0.0 is not above 0; say what the same work costs in each pool, in any unit",
    front__pattern="cost_weighted",
    web__aws__cost=0,
)
wrong(
    "costs where nothing is weighed",
    "environment.front.steering: failover has no weights, and pattern cost_weighted is about them; leave it out",
    **EVEN | {"front__steering": "failover"},
    front__pattern="cost_weighted",
)
wrong(
    "pre-production without its name",
    "environment.front.preproduction_hostname: is missing; it goes with pattern: preproduction",
    **PREPRODUCTION,
)
wrong(
    "a name of pre-production that is none of the zone's",
    "environment.front.preproduction_hostname: next.example.org is outside the zone example.com; "
    "write example.com itself or a name that ends with .example.com",
    **PREPRODUCTION,
    front__preproduction_hostname="next.example.org",
)
wrong(
    "a name of pre-production without the pattern",
    "environment.front.preproduction_hostname: is given, and pattern is none; it goes with pattern: preproduction",
    front__preproduction_hostname="next.example.com",
)
wrong(
    "a registration at the name of pre-production",
    "environment.web.gcp.registration.hostname: next.example.com is the front's own name; "
    "give the machines a name that nothing else uses, like origins-gcp.example.com",
    **PREPRODUCTION,
    front__preproduction_hostname="next.example.com",
    web__gcp__exposure="registered",
    web__gcp__registration={"hostname": "next.example.com", "token_secret": "dns"},
)
wrong(
    "a pattern for one tier",
    "environment.front.pattern: active_active is about several pools, and there is one; add a pool, or leave it out",
    front__steering=GONE,
    front__pattern="active_active",
    front__order=["aws"],
    web={"aws": VALID["web"]["aws"]},
)

# Steering
wrong(
    "steering by places without places",
    "environment.front.geo: is missing, and steering geo goes by it; say steering: geo and, in geo, which pools for which place",
    **GEO,
)
wrong(
    "places where nothing goes by them",
    "environment.front.geo: means nothing to steering random; say steering: geo and, in geo, which pools for which place",
    front__geo={"regions": {"WEU": ["aws"]}},
)
wrong(
    "a region of visitors that does not exist",
    "environment.front.geo.regions['WEUR']: is no region of Cloudflare; did you mean WEU?",
    **GEO,
    front__geo={"regions": {"WEUR": ["aws"]}},
)
wrong(
    "a place that leads to no tier",
    "environment.front.geo.regions['WEU'][0]: 'asw' is none of the pools; did you mean aws?",
    **GEO,
    front__geo={"regions": {"WEU": ["asw"]}},
)
wrong(
    "a place that leads to a tier twice",
    "environment.front.geo.countries['DE'][1]: aws is there already; leave it out",
    **GEO,
    front__geo={"countries": {"DE": ["aws", "aws"]}},
)
wrong(
    "a country that is none",
    "environment.front.geo.countries['Germany']: is no code of a country; write two capital letters, like DE",
    **GEO,
    front__geo={"countries": {"Germany": ["aws"]}},
)
wrong(
    "data centres that the plan lacks",
    "environment.front.geo.pops: needs the Enterprise plan; use regions or countries, or say plan: enterprise",
    **GEO,
    front__geo={"pops": {"FRA": ["aws"]}},
)
wrong(
    "a place of visitors that nothing goes by",
    "environment.front.location_strategy: means nothing where Cloudflare stands between: a visitor is where the "
    "data centre is that answers; leave it out, or say dns: {proxied: false}",
    front__location_strategy={"mode": "pop"},
)
wrong(
    "a last resort that is no tier",
    "environment.front.fallback_pool: 'azure' is none of the pools; known are aws, gcp, digitalocean",
    front__fallback_pool="azure",
)
wrong(
    "a tier that can never be healthy enough",
    "environment.web.aws.minimum_origins: 1 can never be the 2 healthy ones of minimum_origins; lower that to 1",
    web__aws__minimum_origins=2,
)
wrong(
    "machines that can never be healthy enough",
    "environment.web.aws.minimum_origins: 2 can never be the 3 healthy ones of minimum_origins; lower that to 2",
    web__aws=MACHINES | {"minimum_origins": 3},
)
wrong(
    "an unknown steering within a tier",
    "environment.web.aws.origin_steering: is not known; take one of random, hash, least_outstanding_requests, least_connections",
    web__aws__origin_steering="round_robin",
)
wrong(
    "more shed than there is",
    "environment.web.aws.shed_percent: 150.0 is outside 0 to 100 percent; leave it out to shed nobody",
    web__aws__shed_percent=150,
)
wrong(
    "a region of checks that does not exist",
    "environment.web.aws.check_regions[0]: 'EU' is no region of Cloudflare; did you mean WEU?",
    web__aws__check_regions=["EU"],
)
wrong(
    "more regions of checks than the plan can have",
    "environment.web.aws.check_regions: names 9 regions, and the free plan can have 8; name fewer, or leave it out",
    web__aws__check_regions=["WNAM", "ENAM", "WEU", "EEU", "NSAM", "SSAM", "OC", "ME", "NAF"],
)
wrong(
    "tiers that are all out",
    "environment.web: none is enabled, so that nobody would get an answer; enable one at least",
    web={name: {**tier, "enabled": False} for name, tier in VALID["web"].items()},
)
wrong(
    "tiers that are all for routes alone",
    "environment.web: all are routes_only, so that nobody else would get an answer; leave that out at one at least",
    web={name: {**tier, "routes_only": True} for name, tier in VALID["web"].items()},
)
wrong(
    "a failover that the monitor cannot meet",
    "environment.front.failover_within: 30 seconds cannot be met: the monitor may take 75; "
    "say monitor: {interval: 15, timeout: 2, retries: 2}, which takes 21",
    front__failover_within=30,
)
wrong(
    "text for seconds",
    "environment.front.failover_within: is text; give a whole number",
    front__failover_within="30",
)
wrong(
    "more failed checks than Cloudflare counts",
    "environment.front.monitor.consecutive_down: 9 is outside 1 to 5; give 5",
    front__monitor={"consecutive_down": 9},
)

# Visitors who stay
wrong(
    "details of affinity without affinity",
    "environment.front.affinity: is given, and session_affinity is none; say session_affinity: cookie, or leave it out",
    front__affinity={"ttl": 3600},
)
wrong(
    "affinity that ends too soon",
    "environment.front.affinity.ttl: 60 is outside 1800 to 604800 seconds with affinity by cookie; give 1800",
    front__session_affinity="cookie",
    front__affinity={"ttl": 60},
)
wrong(
    "affinity by no header",
    "environment.front.affinity: is missing, and session_affinity header goes by its headers; say affinity: {headers: [X-Session]}",
    front__session_affinity="header",
)
wrong(
    "visitors who stay elsewhere, and do not stay",
    "environment.front.zero_downtime_failover: sticky is about visitors who stay, and session_affinity is none: "
    "the others go to another origin anyway; leave it out, or say session_affinity: cookie",
    front__zero_downtime_failover="sticky",
)

# Routes
wrong(
    "a route to no tier",
    "environment.front.routes[0].pools[0]: 'asw' is none of the pools; did you mean aws?",
    front__routes=[{"name": "api", "path": "/api/", "pools": ["asw"]}],
)
wrong(
    "a route to nowhere",
    "environment.front.routes[0].pools: and respond are both given, or neither is; give one of the two",
    front__routes=[{"name": "api", "path": "/api/"}],
)
wrong(
    "a route from a hostname that is not the front's",
    "environment.front.routes[0].hostname: api.example.com is none of the front's names; add it to aliases",
    front__routes=[{"name": "api", "hostname": "api.example.com", "pools": ["aws"]}],
)
wrong(
    "an unknown key of a route",
    "environment.front.routes[0].prefix: is not known here; "
    "known are name, hostname, path, expression, pools, steering, session_affinity, respond",
    front__routes=[{"name": "api", "prefix": "/api/", "pools": ["aws"]}],
)
wrong(
    "a route without a name",
    "environment.front.routes[0].name: is missing; give text",
    front__routes=[{"path": "/api/", "pools": ["aws"]}],
)
wrong(
    "a route that goes by places",
    "environment.front.routes[0].steering: geo is for the whole front; list the route's own pools in failover order",
    front__routes=[{"name": "api", "path": "/api/", "pools": ["aws"], "steering": "geo"}],
)
wrong(
    "a redirect to nowhere",
    "environment.front.routes[0].respond.location: goes with a status of 301, 302, 303, 307 or 308, and they with it; give both or neither",
    front__routes=[{"name": "old", "path": "/old/", "respond": {"status": 302}}],
)

# Who hears of it
wrong(
    "notifications for nobody",
    "environment.front.notifications: names nobody; give emails, webhooks or pagerduty, or leave it out",
    front__notifications={},
)
wrong(
    "an address that is none",
    "environment.front.notifications.emails[0]: is not an e-mail address; write one like ops@example.com",
    front__notifications={"emails": ["ops"]},
)
wrong(
    "an address in two places",
    "environment.front.notification_email: is given beside notifications.emails; leave one of the two out",
    front__notifications={"emails": ["ops@example.com"]},
    front__notification_email="ops@example.com",
)
wrong(
    "the URL of a webhook in the file",
    "environment.front.notifications.webhooks: is a map; give a list",
    front__notifications={"webhooks": {"chat": "https://chat.example.com/hook"}},
)
wrong(
    "a service of PagerDuty that is none",
    "environment.front.notifications.pagerduty[0]: is no id of a service; write its 32 hexadecimal digits",
    front__notifications={"pagerduty": ["shop"]},
    front__plan="business",
)

# The shield
wrong(
    "a version of TLS that YAML takes for a number",
    "environment.front.shield.minimum_tls: is a number; give one of 1.2, 1.3, in quotes",
    front__shield={"minimum_tls": 1.2},
)
wrong(
    "a version of TLS that is too old",
    "environment.front.shield.minimum_tls: is not known; take one of 1.2, 1.3; did you mean 1.3?",
    front__shield={"minimum_tls": "1.0"},
)
wrong(
    "names built into browsers for too short a time",
    "environment.front.shield.hsts.preload: needs include_subdomains and a max_age of 31536000; give both, or leave it out",
    front__shield={"hsts": {"preload": True}},
)
wrong(
    "a limit over a time that the plan lacks",
    "environment.front.shield.rate_limits[0].seconds: 60 is none of 10, which the free plan has; give 10, or say another plan",
    front__shield={"rate_limits": [{"name": "login", "requests": 5, "seconds": 60}]},
)
wrong(
    "rules that the plan lacks",
    "environment.front.shield.managed_rules: needs the Pro plan; leave it out: on Free, Cloudflare runs its free set by itself",
    front__shield={"managed_rules": True},
)
wrong(
    "details of a shield that is off",
    "environment.front.shield.ssl: is given, and the shield is not enabled; leave it out, or enabled",
    front__shield={"enabled": False, "ssl": "strict"},
)
