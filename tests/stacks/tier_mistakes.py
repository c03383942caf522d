"""The mistakes that can be made in what a tier serves, when, where and how it is reached, each with what the user reads."""

from functools import partial
from typing import Any

from tests.stacks.valid import GONE, Mistakes, Values, note

WRONG: Mistakes = {}
wrong = partial(note, WRONG)

# Workloads
wrong(
    "a site from two sources",
    "environment.web.aws.site.git: is given beside files, and a site has one source; leave one of them out",
    web__aws__site={"files": {"index.html": ""}, "git": {"url": "https://example.com/site.git", "ref": "main"}},
)
wrong(
    "an archive without a checksum",
    "environment.web.aws.site.archive.sha256: is missing; give text",
    web__aws__site={"archive": {"url": "https://example.com/site.tar.gz"}},
)
wrong(
    "a script beside a site",
    "environment.web.aws.script: is given beside site, and a machine has one workload; leave one of the two out",
    web__aws__site={"files": {"index.html": ""}},
    web__aws__script="#!/bin/sh",
)
wrong(
    "a script that Linux does not run",
    "environment.web.aws.script: does not begin with the path of its interpreter; write #!/bin/sh, or another one, as the first line",
    web__aws__script="echo hello",
)

CONTAINER: Values = {"image": "ghcr.io/example/shop:1.4", "port": 8080}
wrong(
    "a container without a port",
    "environment.web.aws.container.port: is missing; give a whole number",
    web__aws__container={"image": "ghcr.io/example/shop:1.4"},
)
wrong(
    "a container's port that is none",
    "environment.web.aws.container.port: 0 is not a port; give a number from 1 to 65535",
    web__aws__container={**CONTAINER, "port": 0},
)
wrong(
    "an image that is none",
    "environment.web.aws.container.image: 'Shop Image' is no name of an image; write one like ghcr.io/example/shop:1.4",
    web__aws__container={**CONTAINER, "image": "Shop Image"},
)
wrong(
    "a container beside a site",
    "environment.web.aws.container: is given beside site, and a machine has one workload; leave one of the two out",
    web__aws__site={"files": {"index.html": ""}},
    web__aws__container=CONTAINER,
)
wrong(
    "a variable that YAML takes for a number",
    "environment.web.aws.container.environment.WORKERS: is a number; give text, in quotes",
    web__aws__container={**CONTAINER, "environment": {"WORKERS": 4}},
)
wrong(
    "a variable that is a secret, too",
    "environment.web.aws.container.secrets['KEY']: is in environment, too; leave one of the two out",
    web__aws__container={**CONTAINER, "environment": {"KEY": "x"}, "secrets": {"KEY": "shop-key"}},
)
wrong(
    "secrets where there is no secret store",
    "environment.web.digitalocean.container.secrets: DigitalOcean has no secret store that machines could read; "
    "let a script fetch them from a store of your own, or take aws or gcp",
    web__digitalocean__container={**CONTAINER, "secrets": {"KEY": "shop-key"}},
)
wrong(
    "a private registry where there is no secret store",
    "environment.web.digitalocean.container.registry: DigitalOcean has no secret store that machines could read; "
    "take a public image, let a script log in with a password from a store of your own, or take aws or gcp",
    web__digitalocean__container={**CONTAINER, "registry": {"user": "robot", "password_secret": "registry"}},
)
wrong(
    "a release that YAML takes for a number",
    "environment.web.aws.release: is a number; give one of 12, 13, in quotes",
    web__aws__release=12,
)
wrong("a release that is none", "environment.web.aws.release: is not known; take one of 12, 13", web__aws__release="11")

# Schedules and replacement
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
OFFICE: Values = {"days": WEEKDAYS, "start": "08:00", "end": "21:00", "servers": 3}


def wrong_schedule(name: str, message: str, *periods: Values, tier: str = "aws", zone: Any = "Europe/Berlin") -> None:
    wrong(name, f"environment.web.{tier}.{message}", **{f"web__{tier}__schedule": {"time_zone": zone, "periods": list(periods)}})


wrong_schedule(
    "overlapping schedules",
    "schedule.periods[1]: overlaps periods[0] on friday; let one end before the other begins",
    OFFICE,
    {**OFFICE, "days": ["friday"], "start": "20:00", "end": "23:00"},
)
wrong_schedule(
    "a wrong time zone", "schedule.time_zone: 'Europe/Berln' is no time zone; did you mean Europe/Berlin?", OFFICE, zone="Europe/Berln"
)
wrong_schedule(
    "a time without minutes",
    "schedule.periods[0].start: '8' is no time of the day; write hours and minutes, 00:00 to 23:59, in quotes",
    {**OFFICE, "start": "8"},
)
wrong_schedule(
    "a time that YAML takes for a number",
    "schedule.periods[0].end: is a number; give text, in quotes",
    {**OFFICE, "end": 1260},
)
wrong_schedule(
    "a day that is none",
    "schedule.periods[0].days[0]: is not known; take one of monday, tuesday, wednesday, thursday, friday, saturday, sunday; "
    "did you mean monday?",
    {**OFFICE, "days": ["mondays"]},
)
wrong_schedule(
    "more servers than the most",
    "schedule.periods[0].servers: 9 is above servers.max, 6; raise servers.max",
    {**OFFICE, "servers": 9},
)
wrong_schedule(
    "a schedule on DigitalOcean",
    "schedule: on DigitalOcean no clock changes the number of machines; "
    "leave it out, and let the load decide: servers.min 2, servers.max 3; or take aws or gcp",
    OFFICE,
    tier="digitalocean",
)
wrong(
    "a replacement that replaces nothing",
    "environment.web.aws.replacement.surge_percent: is 0 beside unavailable_percent 0: no machine could be replaced; let one be above 0",
    web__aws__replacement={"surge_percent": 0},
)
wrong(
    "a replacement on DigitalOcean",
    "environment.web.digitalocean.replacement: DigitalOcean has no steps that could be chosen; "
    "leave it out; with pool: true, new machines get 10 minutes to boot before old ones go",
    web__digitalocean__replacement={"surge_percent": 100},
)

# Networks that exist
wrong(
    "a network beside an existing one",
    "environment.web.aws.network: is given beside network_id, whose range is what it is; leave one of the two out",
    web__aws__network="10.50.0.0/16",
    web__aws__network_id="vpc-0123456789abcdef0",
)
wrong(
    "subnets of no network",
    "environment.web.gcp.subnet_ids: is given without network_id; name the network that they belong to, or leave it out",
    web__gcp__subnet_ids=["default"],
)
wrong(
    "subnets on DigitalOcean",
    "environment.web.digitalocean.subnet_ids: a VPC on DigitalOcean has no subnets; leave it out: network_id is enough",
    web__digitalocean__network_id="5a4981aa-9653-4bd1-bef5-d6bff52042e4",
    web__digitalocean__subnet_ids=["a"],
)
wrong(
    "one subnet on AWS",
    "environment.web.aws.subnet_ids: names 1, and AWS wants two zones at least; name two or more in different zones",
    web__aws__network_id="vpc-0123456789abcdef0",
    web__aws__subnet_ids=["subnet-0123456789abcdef0"],
)
wrong(
    "a network that does not fit",
    "environment.web.aws.network: 10.10.0.0/24 leaves subnets below /27, the least of a load balancer; take a /23 or larger",
    web__aws__network="10.10.0.0/24",
)

# Exposure
wrong(
    "an exposure that is none",
    "environment.web.aws.exposure: is not known; take one of load_balancer, machines, registered, tunnel; did you mean load_balancer?",
    web__aws__exposure="loadbalancer",
)
wrong(
    "machines with reserved addresses that scale",
    "environment.web.aws.servers.max: 6 is above servers.min, and machines with reserved addresses are a fixed number; "
    "leave it out, or write exposure: registered or load_balancer",
    web__aws__exposure="machines",
)
wrong(
    "machines with reserved addresses and a schedule",
    "environment.web.gcp.schedule: is given, and machines with reserved addresses are a fixed number; "
    "leave it out, or write exposure: registered or load_balancer",
    web__gcp__exposure="machines",
    web__gcp__schedule={"time_zone": "UTC", "periods": [OFFICE]},
)
wrong(
    "more machines than a pool has origins",
    "environment.web.gcp.servers.min: 30 are more than the 20 of this plan; put a load balancer before them, or say plan enterprise",
    web__gcp__exposure="machines",
    web__gcp__servers={"min": 30},
)
wrong(
    "a registration that is missing",
    "environment.web.gcp.registration: is missing, and exposure is registered; say where machines put themselves",
    web__gcp__exposure="registered",
)
wrong(
    "a registration that nobody asked for",
    "environment.web.gcp.registration: is given, and exposure is load_balancer; write exposure: registered, or leave it out",
    web__gcp__registration={"hostname": "origins.example.com", "token_secret": "dns"},
)


def wrong_registration(name: str, message: str, tier: str = "gcp", **registration: Any) -> None:
    given = {"hostname": "origins.example.com", "token_secret": "dns-token", **registration}
    given = {key: value for key, value in given.items() if value is not GONE}
    wrong(
        name,
        f"environment.web.{tier}.registration.{message}",
        **{f"web__{tier}__exposure": "registered", f"web__{tier}__registration": given},
    )


wrong_registration("a registration without a token", "token_secret: is missing; name the secret that holds the token", token_secret=GONE)
wrong_registration(
    "a registration's token in the file",
    "token: is not known here; did you mean token_secret?",
    token="x" * 40,
)
wrong_registration(
    "a registration's secret where there is no store",
    "token_secret: machines of digitalocean have no secret store that they could read; "
    "leave it out, and write: pulumi config set --secret multicloud:registrationToken",
    tier="digitalocean",
)
wrong_registration(
    "a registration that is forgotten too late", "ttl: 5 is outside 60 to 86400 seconds; 60 forgets a dead machine soonest", ttl=5
)
wrong_registration(
    "a registration outside the zone",
    "hostname: origins.example.org is outside the zone example.com; write example.com itself or a name that ends with .example.com",
    hostname="origins.example.org",
)
wrong_registration(
    "a registration at the front's own name",
    "hostname: www.example.com is the front's own name; give the machines a name that nothing else uses, like origins-gcp.example.com",
    hostname="www.example.com",
)
wrong(
    "two tiers that register at one name",
    "environment.web.gcp.registration.hostname: origins.example.com is where the machines of aws register, too; "
    "give the machines a name that nothing else uses, like origins-gcp.example.com",
    web__aws__exposure="registered",
    web__aws__registration={"hostname": "origins.example.com", "token_secret": "dns-token"},
    web__gcp__exposure="registered",
    web__gcp__registration={"hostname": "origins.example.com", "token_secret": "dns-token"},
)
wrong(
    "machines on another port than a load balancer",
    "environment.web.gcp.health_check.port: leads to port 8080, and that of aws to 80, and the front goes to the same port of all tiers; "
    "give all machines that are reached without a load balancer the same",
    web__gcp__exposure="machines",
    web__gcp__health_check={"port": 8080},
)
wrong(
    "a certificate of one tier alone",
    "environment.web.gcp.certificate: leads to port 443, and that of aws to 80, and the front goes to the same port of all tiers; "
    "let all tiers have a certificate, or none",
    web__gcp__certificate=True,
)
wrong(
    "a certificate that is a path",
    "environment.web.aws.certificate: is text; give true or false",
    web__aws__certificate="cert.pem",
)
wrong(
    "a certificate that machines on DigitalOcean would show",
    "environment.web.digitalocean.certificate: DigitalOcean has no secret store from which machines could read its key; "
    "write exposure: load_balancer, which keeps it",
    web__aws__certificate=True,
    web__gcp__certificate=True,
    web__digitalocean__certificate=True,
    web__digitalocean__exposure="machines",
)
wrong(
    "private machines that visitors come to",
    "environment.web.aws.private: machines that the front reaches themselves need public addresses, and exposure is registered; "
    "leave it out, or write exposure: load_balancer",
    web__aws__private=True,
    web__aws__exposure="registered",
    web__aws__registration={"hostname": "origins.example.com", "token_secret": "dns-token"},
)
wrong(
    "two certificates",
    "environment.web.aws.certificate_arn: is given beside certificate; leave one of the two out",
    web__aws__certificate=True,
    web__gcp__certificate=True,
    web__digitalocean__certificate=True,
    web__aws__certificate_arn="arn:aws:acm:eu-central-1:123456789012:certificate/1",
)
wrong(
    "a pool without an SSH key",
    "environment.web.digitalocean.ssh_keys: is empty, and DigitalOcean makes no autoscale pool without an SSH key; "
    "give the id or fingerprint of a key in the account, or a fixed number of servers: leave out pool",
    web__digitalocean__pool=True,
)

# Machines of somebody else
EXTERNAL: Values = {"cloud": "external", "addresses": ["203.0.113.1", "web.example.net"], "weight": 0.5}


def wrong_external(name: str, message: str, **values: Any) -> None:
    given = {key: value for key, value in {**EXTERNAL, **values}.items() if value is not GONE}
    wrong(name, f"environment.web.gcp.{message}", web__gcp=given)


wrong_external("machines without addresses", "addresses: is missing; give the address of at least one machine", addresses=GONE)
wrong_external("no machine of somebody else", "addresses: the list is empty; give the address of at least one machine", addresses=[])
wrong_external(
    "a private address",
    "addresses[0]: 10.0.0.1 cannot be reached from the internet; "
    "give an address of the machine's that the internet reaches, or that of a load balancer before it",
    addresses=["10.0.0.1"],
)
wrong_external(
    "a URL for an address",
    "addresses[0]: 'https://example.net' is not an address; "
    "write the address alone, without scheme, port and prefix, like 203.0.113.10, 2001:db8::10 or web.example.net",
    addresses=["https://example.net"],
)
wrong_external(
    "machines of somebody else that scale",
    "servers.max: this tier cannot scale: it makes no machines; leave servers out, or take a cloud that scales, like aws",
    servers={"min": 2, "max": 4},
)
wrong_external(
    "another number of machines than addresses",
    "servers.min: 3 is not the number of addresses, 2; leave servers out: the addresses say how many machines there are",
    servers={"min": 3},
)
wrong_external(
    "the size of somebody else's machines", "size: whoever runs the machines decides how large a machine is; leave it out", size="small"
)
wrong_external("somebody else's network", "network: whoever runs the machines decides their network; leave it out", network="10.0.0.0/16")
wrong_external("too few weights", "weights: 1 weights are not one for each of 2 addresses; give as many, or leave them out", weights=[1])
wrong_external("half a place", "latitude: is given without longitude; give both or neither", latitude=50.1)
