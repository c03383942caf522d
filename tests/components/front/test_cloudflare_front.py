"""What a front registers, and what it refuses."""

from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pytest

from multicloud.front.cloudflare import CloudflareFront
from multicloud.front.contract import CloudflareFrontArgs, Monitor, Plan, Pool, SessionAffinity, Steering, pool_of
from multicloud.front.ranges import cloudflare_ranges
from multicloud.web.contract import Origin
from tests.recording import Recording

ZONE, ACCOUNT = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
MONITOR = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"
POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
LOAD_BALANCER = "cloudflare:index/loadBalancer:LoadBalancer"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
POLICY = "cloudflare:index/notificationPolicy:NotificationPolicy"
NOTE = "project=project stack=stack component=front"


class Tier:
    """A web tier of one load balancer, as far as a front can see."""

    def __init__(self, cloud: str, region: str, address: str) -> None:
        self.cloud, self.region = pulumi.Output.from_input(cloud), pulumi.Output.from_input(region)
        self.origins = pulumi.Output.from_input([Origin(name=f"{cloud}-{region}", address=address, weight=1)])
        self.health_path, self.port = pulumi.Output.from_input("/healthz"), pulumi.Output.from_input(80)


def pools(weights: tuple[float | None, float | None] = (None, None)) -> list[Pool]:
    return [
        pool_of("aws", Tier("aws", "eu-central-1", "aws.elb.example"), weights[0]),
        pool_of("gcp", Tier("gcp", "europe-west3", "192.0.2.20"), weights[1]),
    ]


def front(recording: Recording, **changes: Any) -> CloudflareFront:
    """A front over two tiers, with changed arguments."""

    def program() -> CloudflareFront:
        given = {"zone": "example.com", "hostname": "www.example.com", "pools": pools(), **changes}
        provider = cloudflare.Provider("cloudflare", api_token="t")
        return CloudflareFront("front", CloudflareFrontArgs(**given), pulumi.ResourceOptions(providers=[provider]))

    return recording.run(program)


def test_a_front_is_a_monitor_a_pool_a_tier_and_a_load_balancer(recording: Recording) -> None:
    front(recording)
    way_in = [child for child in recording.children("front") if child.type in (MONITOR, POOL, LOAD_BALANCER, RECORD)]
    assert [(child.type, child.name, child.provider) for child in way_in] == [
        (POOL, "front-aws", "cloudflare"),
        (POOL, "front-gcp", "cloudflare"),
        (LOAD_BALANCER, "front-load-balancer", "cloudflare"),
        (MONITOR, "front-monitor", "cloudflare"),
    ]
    assert recording.children("front") == recording.descendants("front")


def test_the_monitor_asks_for_the_site_by_its_name_and_leaves_defaults_out(recording: Recording) -> None:
    front(recording)
    assert recording.one(MONITOR).inputs == {
        "accountId": ACCOUNT,
        "description": NOTE,
        "type": "http",
        "path": "/healthz",
        "expectedCodes": "200",
        "header": {"Host": ["www.example.com"]},
    }


def test_the_monitor_takes_the_callers_health_check_and_times(recording: Recording) -> None:
    made = front(recording, health_path="/up", expected_status=204, monitor=Monitor(interval=15, timeout=2, retries=2))
    assert (
        recording.one(MONITOR).inputs.items() >= {"path": "/up", "expectedCodes": "204", "interval": 15, "timeout": 2, "retries": 2}.items()
    )
    assert recording.value(made.detection_seconds) == 21


@pytest.mark.parametrize("given", ["nothing", "a number", "an output"])
def test_port_80_is_left_out(recording: Recording, given: str) -> None:
    """A front that never heard of ports stays what it is, to the byte."""
    ports: dict[str, Any] = {"nothing": None, "a number": 80, "an output": pulumi.Output.from_input(80)}
    front(recording, origin_port=ports[given])
    monitor = recording.one(MONITOR).inputs
    assert monitor["type"] == "http" and "port" not in monitor
    assert all(set(origin) == {"name", "address"} for pool in recording.all(POOL) for origin in pool.inputs["origins"])


@pytest.mark.parametrize("output", [False, True])
def test_port_443_is_asked_over_https(recording: Recording, output: bool) -> None:
    front(recording, origin_port=pulumi.Output.from_input(443) if output else 443)
    monitor = recording.one(MONITOR).inputs
    assert monitor["type"] == "https" and "port" not in monitor
    assert all(set(origin) == {"name", "address"} for pool in recording.all(POOL) for origin in pool.inputs["origins"])


def test_any_other_port_is_said_of_the_monitor_and_of_each_origin(recording: Recording) -> None:
    front(recording, origin_port=8080)
    monitor = recording.one(MONITOR).inputs
    assert (monitor["type"], monitor["port"]) == ("http", 8080)
    assert [origin["port"] for pool in recording.all(POOL) for origin in pool.inputs["origins"]] == [8080, 8080]


def test_a_pool_has_the_tiers_origins_without_defaults_and_a_name_of_its_own_in_the_account(recording: Recording) -> None:
    front(recording)
    assert recording.one(POOL, "front-aws").inputs == {
        "accountId": ACCOUNT,
        "name": "project-stack-front-aws",
        "description": NOTE,
        "monitor": recording.one(MONITOR).id,
        "origins": [{"name": "aws-eu-central-1", "address": "aws.elb.example"}],
        "checkRegions": ["WEU"],
    }


def test_origins_of_ones_own_are_sorted_by_name(recording: Recording) -> None:
    machines = [Origin(name=f"m{i}", address=f"192.0.2.{i}", weight=weight) for i, weight in ((2, 1.0), (1, 0.5), (3, 0.0))]
    front(recording, pools=[Pool(name="attic", origins=machines, minimum_origins=2)])
    assert recording.one(POOL).inputs["minimumOrigins"] == 2
    assert recording.one(POOL).inputs["origins"] == [
        {"name": "m1", "address": "192.0.2.1", "weight": 0.5},
        {"name": "m2", "address": "192.0.2.2"},
        {"name": "m3", "address": "192.0.2.3", "weight": 0},
    ]


def test_the_load_balancer_fails_over_in_the_order_of_the_pools(recording: Recording) -> None:
    front(recording)
    aws, gcp = recording.one(POOL, "front-aws").id, recording.one(POOL, "front-gcp").id
    assert recording.one(LOAD_BALANCER).inputs == {
        "zoneId": ZONE,
        "name": "www.example.com",
        "description": NOTE,
        "defaultPools": [aws, gcp],
        "fallbackPool": gcp,
        "proxied": True,
        "steeringPolicy": "off",
    }


@pytest.mark.parametrize("steering", Steering)
def test_every_steering_says_cloudflares_word(recording: Recording, steering: Steering) -> None:
    front(recording, steering=steering, **({"geo": {"regions": {"WEU": ["gcp"]}}} if steering is Steering.GEO else {}))
    assert recording.one(LOAD_BALANCER).inputs["steeringPolicy"] == {"failover": "off"}.get(steering, steering)
    assert "randomSteering" not in recording.one(LOAD_BALANCER).inputs, "equal shares are Cloudflare's default"


@pytest.mark.parametrize("steering", [steering for steering in Steering if steering.weighs])
def test_weights_are_by_the_pools_ids(recording: Recording, steering: Steering) -> None:
    front(recording, steering=steering, pools=pools((None, 0.25)))
    aws, gcp = recording.one(POOL, "front-aws").id, recording.one(POOL, "front-gcp").id
    assert recording.one(LOAD_BALANCER).inputs["randomSteering"] == {"poolWeights": {aws: 1, gcp: 0.25}}


def test_proximity_knows_where_the_clouds_regions_are(recording: Recording) -> None:
    own = Pool(name="attic", origins=[origin()], latitude=48.2, longitude=16.37)
    front(recording, steering="proximity", pools=[*pools(), own])
    places = {pool.name: (pool.inputs["latitude"], pool.inputs["longitude"]) for pool in recording.all(POOL)}
    assert places == {"front-aws": (50.11, 8.68), "front-gcp": (50.11, 8.68), "front-attic": (48.2, 16.37)}


def test_session_affinity_is_said_only_where_wanted(recording: Recording) -> None:
    front(recording, session_affinity=SessionAffinity.COOKIE)
    assert recording.one(LOAD_BALANCER).inputs["sessionAffinity"] == "cookie"
    other = Recording()
    front(other, session_affinity=SessionAffinity.NONE)
    assert "sessionAffinity" not in other.one(LOAD_BALANCER).inputs
    other.close()


def test_aliases_are_proxied_records_that_lead_to_the_hostname(recording: Recording) -> None:
    front(recording, hostname="example.com", aliases=["www.example.com", "shop.example.com"])
    assert [record.name for record in recording.all(RECORD)] == ["front-shop.example.com", "front-www.example.com"]
    assert recording.one(RECORD, "front-www.example.com").inputs == {
        "zoneId": ZONE,
        "name": "www.example.com",
        "type": "CNAME",
        "content": "example.com",
        "proxied": True,
        "ttl": 1,
        "comment": NOTE,
    }
    assert recording.one(LOAD_BALANCER).urn in recording.one(RECORD, "front-www.example.com").depends_on


def test_notifications_are_of_this_fronts_pools(recording: Recording) -> None:
    made = front(recording, notification_email="ops@example.com")
    assert recording.one(POLICY, "front-notification").inputs == {
        "accountId": ACCOUNT,
        "name": "Health of www.example.com",
        "description": NOTE,
        "alertType": "load_balancing_health_alert",
        "filters": {"poolIds": [pool.id for pool in recording.all(POOL)]},
        "mechanisms": {"emails": [{"id": "ops@example.com"}]},
    }
    assert made.resources.notification is not None


def test_the_outputs_say_where_visitors_go(recording: Recording) -> None:
    made = front(recording, aliases=["shop.example.com"])
    registered = {
        "hostname": "www.example.com",
        "url": "https://www.example.com",
        "pools": [{"name": "aws", "origins": ["aws.elb.example"]}, {"name": "gcp", "origins": ["192.0.2.20"]}],
        "poolIds": {"aws": recording.one(POOL, "front-aws").id, "gcp": recording.one(POOL, "front-gcp").id},
        "loadBalancerId": recording.one(LOAD_BALANCER).id,
        "zoneId": ZONE,
        "detectionSeconds": 75,
    }
    assert recording.one("multicloud:index:CloudflareFront").registered == registered
    assert list(made.resources.pools) == ["aws", "gcp"]
    assert list(made.resources.aliases) == ["shop.example.com"]
    assert made.resources.notification is None


def test_the_zone_is_looked_up_by_its_name_with_the_components_own_provider(recording: Recording) -> None:
    front(recording)
    assert [(call.token, call.args, call.provider) for call in recording.calls] == [
        ("cloudflare:index/getZone:getZone", {"filter": {"name": "example.com", "match": "all"}}, "cloudflare")
    ]


def test_a_preview_knows_the_pools_before_anything_is_created() -> None:
    preview = Recording(preview=True)
    front(preview, steering=Steering.RANDOM, pools=pools((1, 0.5)))
    assert preview.one(POOL, "front-gcp").inputs["origins"] == [{"name": "gcp-europe-west3", "address": "192.0.2.20"}]
    registered = preview.one("multicloud:index:CloudflareFront").registered
    assert registered is not None and registered["pools"][0] == {"name": "aws", "origins": ["aws.elb.example"]}
    preview.close()


def test_cloudflares_ranges_come_in_order_by_look_up(recording: Recording) -> None:
    ranges = recording.run(lambda: cloudflare_ranges(pulumi.InvokeOptions(provider=cloudflare.Provider("cloudflare", api_token="t"))))
    assert recording.value(ranges) == ["103.21.244.0/22", "173.245.48.0/20", "2400:cb00::/32"]
    assert recording.calls[0].provider == "cloudflare"


def origin(address: str = "192.0.2.1", name: str = "m1", weight: float = 1.0) -> Origin:
    return Origin(name=name, address=address, weight=weight)


def pool(name: str = "own", origins: Any = None, **more: Any) -> Pool:
    return Pool(name=name, origins=[origin()] if origins is None else origins, **more)


def test_enterprise_lifts_the_limits(recording: Recording) -> None:
    front(recording, plan=Plan.ENTERPRISE, monitor=Monitor(interval=10), pools=[pool(f"p{i}") for i in range(21)])
    assert len(recording.all(POOL)) == 21


def test_arguments_may_come_as_other_languages_send_them(recording: Recording) -> None:
    given: Any = {
        "zone": "example.com",
        "hostname": "www.example.com",
        "steering": "random",
        "monitor": {"interval": 30.0},
        "pools": [{"name": "own", "origins": [{"name": "m1", "address": "192.0.2.1", "weight": 1.0}], "weight": 0.5}],
    }
    recording.run(lambda: CloudflareFront("front", given))
    assert recording.one(MONITOR).inputs["interval"] == 30
    assert recording.one(POOL).inputs["origins"] == [{"name": "m1", "address": "192.0.2.1"}]


def test_the_note_fits_a_dns_records_comment_however_long_the_components_name(recording: Recording) -> None:
    recording.run(
        lambda: CloudflareFront(
            "f" * 90, CloudflareFrontArgs(zone="example.com", hostname="example.com", pools=pools(), aliases=["www.example.com"])
        )
    )
    comment = recording.one(RECORD).inputs["comment"]
    assert len(comment) == 100 and comment.startswith("project=project stack=stack component=fff")
