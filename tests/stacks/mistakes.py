"""The mistakes that can be made in a right environment, each with what the user reads."""

from functools import partial

from tests.stacks import front_mistakes, origin_mistakes, tier_mistakes
from tests.stacks.valid import GONE, VALID, Mistakes, note

WRONG: Mistakes = {**tier_mistakes.WRONG, **front_mistakes.WRONG, **origin_mistakes.WRONG}
wrong = partial(note, WRONG)

# Structure
wrong("an unknown key", "environment.webb: is not known here; did you mean web?", webb={})
wrong(
    "an unknown key of a tier",
    "environment.web.aws.server: is not known here; did you mean servers?",
    web__aws__server={"min": 1},
)
wrong(
    "an unknown key deep inside",
    "environment.web.aws.servers.count: is not known here; known are min, max, cpu_target",
    web__aws__servers__count=5,
)
wrong(
    "a missing front",
    "environment.front: is missing; "
    "give a map with zone, hostname, aliases, mode, pattern, preproduction_hostname, steering, order, geo, location_strategy, "
    "fallback_pool, failover_across_pools, zero_downtime_failover, session_affinity, affinity, routes, monitor, failover_within, dns, "
    "shield, origin_certificate, origin_pulls, notifications, notification_email, plan",
    front=GONE,
)
wrong("a missing region", "environment.web.gcp.region: is missing; give text", web__gcp__region=GONE)
wrong("a missing number of servers", "environment.web.aws.servers.min: is missing; give a whole number", web__aws__servers={"max": 3})
wrong("text for a number", "environment.web.aws.servers.min: is text; give a whole number", web__aws__servers__min="two")
wrong("a fraction for a number", "environment.web.aws.servers.min: is a fraction; give a whole number", web__aws__servers__min=1.5)
wrong("true for a number", "environment.web.aws.servers.min: is true or false; give a whole number", web__aws__servers__min=True)
wrong("a list for a map", "environment.web.aws.servers: is a list; give a map with min, max, cpu_target", web__aws__servers=[2, 6])
wrong("nothing for a map", "environment.web.aws.servers: is empty; give a map with min, max, cpu_target", web__aws__servers=None)
wrong(
    "a version that YAML takes for a number",
    "environment.database.version: is a number; give one of 14, 15, 16, 17, in quotes",
    database__version=16,
)
wrong("an account that YAML takes for a number", "environment.accounts.aws: is a number; give text, in quotes", accounts__aws=123456789012)
wrong("a tag that YAML takes for a number", "environment.tags.year: is a number; give text, in quotes", tags__year=2026)

# Words
wrong("a missing cloud", "environment.web.aws.cloud: is missing; give one of aws, gcp, digitalocean, external", web__aws__cloud=GONE)
wrong(
    "a cloud that does not exist",
    "environment.web.aws.cloud: is not known; take one of aws, gcp, digitalocean, external",
    web__aws__cloud="azure",
)
wrong(
    "a misspelt cloud",
    "environment.web.digitalocean.cloud: is not known; take one of aws, gcp, digitalocean, external; did you mean digitalocean?",
    web__digitalocean__cloud="DigitalOcaen",
)
wrong("an unknown size", "environment.web.aws.size: is not known; take one of small, medium, large", web__aws__size="huge")
wrong(
    "an unknown steering",
    "environment.front.steering: is not known; take one of failover, random, geo, dynamic_latency, proximity, "
    "least_outstanding_requests, least_connections; did you mean random?",
    front__steering="randomly",
)
wrong("an unknown plan", "environment.front.plan: is not known; take one of free, pro, business, enterprise", front__plan="gold")
wrong(
    "a region that does not exist",
    "environment.web.aws.region: 'eu-central-9' is no region of aws; did you mean eu-central-2?",
    web__aws__region="eu-central-9",
)
wrong(
    "a region of another cloud",
    "environment.web.aws.region: 'europe-west3' is a region of gcp, not of aws; take one of aws's, like eu-central-1",
    web__aws__region="europe-west3",
)

# Tiers
wrong(
    "max below min",
    "environment.web.aws.servers.max: 1 is below servers.min, 2; give 2 or more, or leave it out",
    web__aws__servers__max=1,
)
wrong("no server", "environment.web.aws.servers.min: 0 is below 1; give at least 1 machine", web__aws__servers__min=0)
wrong(
    "a number that no cloud gives",
    "environment.web.digitalocean.servers.min: 1000000 is above 2000; give 2000 at most, or make a second tier",
    web__digitalocean__servers__min=1_000_000,
)
wrong(
    "a maximum that no cloud gives",
    f"environment.web.aws.servers.max: {10**30} is above 2000; give 2000 at most, or make a second tier",
    web__aws__servers__max=10**30,
)
wrong(
    "a control character is not repeated raw",
    "environment.web.aws.health_check.path: '\\x00' does not begin with a slash; write one like /healthz",
    web__aws__health_check={"path": "\0"},
)
wrong(
    "a health path without a slash",
    "environment.web.aws.health_check.path: 'healthz' does not begin with a slash; write /healthz",
    web__aws__health_check={"path": "healthz"},
)
wrong(
    "a port that is none",
    "environment.web.gcp.health_check.port: 70000 is not a port; give a number from 1 to 65535",
    web__gcp__health_check={"port": 70000},
)
wrong(
    "size and machine type",
    "environment.web.aws.machine_type: is given beside size, which it would overrule; leave one of the two out",
    web__aws__machine_type="c7g.large",
)
wrong(
    "a network that is none",
    "environment.web.aws.network: '10.10.0.1/16' has bits set beyond its prefix; write 10.10.0.0/16",
    web__aws__network="10.10.0.1/16",
)
wrong(
    "overlapping networks",
    "environment.web.gcp.network: 10.10.16.0/20 overlaps web.aws.network, 10.10.0.0/16; give each network a range of its own",
    web__gcp__network="10.10.16.0/20",
)
wrong(
    "a second tier on a cloud without a network of its own",
    "environment.web.second.network: 10.10.0.0/16 overlaps web.aws.network, 10.10.0.0/16; give each network a range of its own",
    web__second={"cloud": "aws", "region": "eu-west-1", "servers": {"min": 1}},
    front__order=["aws", "gcp", "digitalocean", "second"],
)
wrong(
    "a name that a cloud refuses",
    "environment.web.Big_One: is not a name that every cloud takes; "
    "take 2 to 30 lower-case letters, digits and hyphens, beginning with a letter",
    web={"Big_One": VALID["web"]["aws"]},
    front__order=["Big_One"],
)
wrong(
    "no tier at all",
    "environment.web: has no tier; give at least one, like aws: {cloud: aws, region: eu-central-1, servers: {min: 2}}",
    web={},
    front__order=GONE,
)
wrong(
    "tiers that are asked for health at different paths",
    "environment.web.gcp.health_check.path: /live differs from that of aws, /healthz, and the "
    "front asks all tiers alike; give all tiers the same",
    web__gcp__health_check={"path": "/live"},
)
wrong(
    "a scaling tier on DigitalOcean without an SSH key",
    "environment.web.digitalocean.ssh_keys: is empty, and DigitalOcean makes no autoscale pool without an SSH key; "
    "give the id or fingerprint of a key in the account, or a fixed number of servers: leave out servers.max",
    web__digitalocean__servers__max=4,
)
wrong(
    "zones of another region",
    "environment.web.gcp.zones[0]: 'us-east1-b' is not a zone of europe-west3; write one like europe-west3-a",
    web__gcp__zones=["us-east1-b", "us-east1-c"],
)
wrong(
    "a tag that belongs to the library",
    "environment.tags.stack: is set on every resource, so that it can be found again; take another key",
    tags={"stack": "other"},
)

# The front
wrong(
    "a hostname outside the zone",
    "environment.front.hostname: www.example.org is outside the zone example.com; "
    "write example.com itself or a name that ends with .example.com",
    front__hostname="www.example.org",
)
wrong(
    "an alias that is there already",
    "environment.front.aliases[0]: www.example.com is there already; leave it out",
    front__aliases=["www.example.com"],
)
wrong(
    "a weight above one", "environment.web.gcp.weight: 1.5 is outside 0 to 1; divide all weights by the largest one", web__gcp__weight=1.5
)
wrong(
    "a weight where nothing is weighed",
    "environment.web.gcp.weight: means nothing to steering proximity; leave it out, or take steering random",
    front__steering="proximity",
)
wrong(
    "weights that leave nobody anywhere",
    "environment.web: every weight is 0, so that no pool would get a visitor; give at least one pool a weight above 0",
    web={name: {**tier, "weight": 0} for name, tier in VALID["web"].items()},
)
wrong(
    "more tiers than the plan has pools",
    "environment.web: 21 are more than the 20 of this plan; give fewer, or say plan enterprise",
    web={f"t{n}": {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 1}, "network": f"10.{n}.0.0/16"} for n in range(10, 31)},
    front__order=GONE,
    database=GONE,
)
wrong("a tier that the order lacks", "environment.front.order: lacks digitalocean; name every tier of web", front__order=["aws", "gcp"])
wrong(
    "a tier that does not exist",
    "environment.front.order[1]: 'gpc' is no tier of web; did you mean gcp?",
    front__order=["aws", "gpc", "digitalocean"],
)
wrong("a tier twice", "environment.front.order[1]: aws is there already; leave it out", front__order=["aws", "aws", "gcp", "digitalocean"])
wrong(
    "failover without an order",
    "environment.front.order: is missing, and steering failover goes by it; "
    "name the tiers, the first choice first, like [aws, gcp, digitalocean]",
    front__order=GONE,
    front__steering="failover",
    web__gcp__weight=GONE,
)
wrong(
    "a check too often for the plan",
    "environment.front.monitor.interval: 5 is outside 15 to 3600 on the free plan; give 15",
    front__monitor={"interval": 5},
)

# The database
wrong(
    "a replica in the primary's cloud",
    "environment.database.replica.cloud: is aws, the primary's own, and would go down with it; "
    "take aws for the primary and gcp for the replica",
    database__replica={"cloud": "aws", "region": "eu-west-1"},
)
wrong(
    "a version that a cloud lacks",
    "environment.database.version: '9' is not offered by both clouds; take one of 14, 15, 16, 17",
    database__version="9",
)
wrong(
    "a disk that is too small",
    "environment.database.storage_gb: 5 is outside 20 to 16384; 20 is the smallest disk that both clouds take",
    database__storage_gb=5,
)
wrong(
    "an empty name of a database",
    "environment.database.database: '' is no name that RDS takes; begin with a letter, and use letters, digits and _, 63 at most",
    database__database="",
)
wrong(
    "an empty network of a server",
    "environment.database.primary.network: '' is not a network in CIDR form; write one like 10.10.0.0/16",
    database__primary__network="",
)
wrong(
    "an account in other digits",
    "environment.accounts.aws: is not the number of an account; write its 12 digits, in quotes",
    accounts__aws="\uff11" * 12,
)
wrong(
    "tags of a tier that do not go with the environment's",
    "environment.web.gcp.tags.Team: is the same label as team on Google Cloud; give each tag a key of its own",
    web__gcp__tags={"Team": "other"},
)
wrong(
    "tags of the database that do not go with the environment's",
    "environment.database.tags.Team: is the same label as team on Google Cloud; give each tag a key of its own",
    database__tags={"Team": "other"},
)
wrong(
    "an account that is none",
    "environment.accounts.gcp: is not the id of a project; write 6 to 30 lower-case letters, digits and hyphens",
    accounts__gcp="Mine!",
)
