"""The stand-in Cloudflare makes what Cloudflare makes, and says no where Cloudflare says no."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.clouds.cloudflare import CLOUD
from sandbox.clouds.cloudflare.common import ACCOUNT, zone_id
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import UNKNOWN, Refused
from sandbox.store import Store

ZONE = zone_id("example.com")
HEX = re.compile(r"[0-9a-f]{32}")
CSR = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"


USUAL: dict[str, dict[str, Any]] = {
    "loadBalancerMonitor": {"accountId": ACCOUNT, "type": "http", "path": "/healthz", "expectedCodes": "200"},
    "loadBalancerPool": {"accountId": ACCOUNT, "name": "aws", "origins": [{"name": "a", "address": "192.0.2.1"}]},
    "loadBalancer": {"zoneId": ZONE, "name": "www.example.com", "proxied": True},
    "dnsRecord": {"zoneId": ZONE, "name": "www.example.com", "type": "A", "content": "192.0.2.1", "ttl": 1},
    "ruleset": {
        "zoneId": ZONE,
        "kind": "zone",
        "name": "r",
        "phase": "http_request_firewall_custom",
        "rules": [{"action": "block", "expression": '(http.request.uri.path contains "/admin")'}],
    },
    "zone": {"account": {"id": ACCOUNT}, "name": "example.dev"},
    "zoneSetting": {"zoneId": ZONE, "settingId": "ssl", "value": "strict"},
    "originCaCertificate": {"csr": CSR, "hostnames": ["example.com", "*.example.com"], "requestType": "origin-rsa"},
    "notificationPolicy": {
        "accountId": ACCOUNT,
        "name": "n",
        "alertType": "load_balancing_health_alert",
        "mechanisms": {"emails": [{"id": "ops@example.com"}]},
    },
    "apiToken": {
        "name": "t",
        "policies": [
            {"effect": "allow", "permissionGroups": [{"id": "a" * 32}], "resources": '{"com.cloudflare.api.account.zone.*": "*"}'}
        ],
    },
    "zeroTrustTunnelCloudflared": {"accountId": ACCOUNT, "name": "tunnel", "configSrc": "cloudflare"},
    "zeroTrustTunnelCloudflaredConfig": {"accountId": ACCOUNT},
}


class Cloudflare(Lifecycle):
    """The stand-in, with resources by their short names and usual inputs."""

    def token(self, name: str) -> str:
        return f"cloudflare:index/{name}:{name[0].upper()}{name[1:]}"

    def inputs(self, name: str, changes: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**USUAL.get(name, {}), **changes}.items() if value is not None}

    def make(self, name: str, /, **changes: Any) -> State:
        given = self.inputs(name, changes)
        if name == "loadBalancer" and "defaultPools" not in given:
            pool = self.make("loadBalancerPool", name=f"for-{given['name'].replace('.', '-')}").id
            given |= {"defaultPools": [pool], "fallbackPool": pool}
        checked = self.check(self.token(name), "it", given, set())
        assert not checked.failures, checked.failures
        return self.create(self.token(name), "it", checked.inputs, set())

    def change(self, name: str, made: State, /, **changes: Any) -> State:
        given = {key: value for key, value in {**made.inputs, **changes}.items() if value is not None}
        checked = self.check(self.token(name), "it", given, set(), made.inputs)
        assert not checked.failures, checked.failures
        return self.update(self.token(name), "it", made.id, checked.inputs, set())

    def remove(self, name: str, made: State) -> None:
        self.delete(self.token(name), "it", made.id)

    def refuses(self, name: str, /, **changes: Any) -> str:
        """What is said at check time, or else at creation."""
        given = self.inputs(name, changes)
        if name == "loadBalancer" and "defaultPools" not in given:
            pool = self.make("loadBalancerPool", name="for-it").id
            given |= {"defaultPools": [pool], "fallbackPool": pool}
        checked = self.check(self.token(name), "it", given, set())
        if checked.failures:
            return "; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures)
        with pytest.raises(Refused) as refused:
            self.create(self.token(name), "it", checked.inputs, set())
        return refused.value.message

    def replaced(self, name: str, made: State, /, **changes: Any) -> bool:
        checked = self.check(self.token(name), "it", {**made.inputs, **changes}, set(), made.inputs)
        found = self.diff(self.token(name), made.inputs, checked.inputs, made.outputs)
        assert found.changes
        return found.replaces

    def ask(self, name: str, /, **args: Any) -> dict[str, Any]:
        answer, failures = self.invoke(f"cloudflare:index/{name}:{name}", args, set())
        assert not failures, failures
        return answer

    def add_zone(self, name: str, /, **content: Any) -> str:
        with self.store.transaction() as transaction:
            transaction.fix("cloudflare", "zones", name, content)
        return zone_id(name)


@pytest.fixture
def cloudflare(tmp_path: Path) -> Iterator[Cloudflare]:
    store = Store(tmp_path / "sandbox.db")
    yield Cloudflare(CLOUD, store)
    store.close()


# --- zones and accounts ----------------------------------------------------------------------------------------------------


def test_a_zone_is_found_by_name_with_its_account(cloudflare: Cloudflare) -> None:
    found = cloudflare.ask("getZone", filter={"name": "example.com", "match": "all"})
    assert (found["zoneId"], found["id"], found["name"], found["account"]["id"]) == (ZONE, ZONE, "example.com", ACCOUNT)
    assert HEX.fullmatch(ZONE) and found["status"] == "active"
    assert cloudflare.ask("getZone", zoneId=ZONE)["name"] == "example.com"


def test_an_unknown_zone_is_refused_with_how_to_add_it(cloudflare: Cloudflare) -> None:
    with pytest.raises(
        Refused, match=r"there is no zone mine\.dev in the account; add it with `python -m sandbox fixture add cloudflare zones mine\.dev`"
    ):
        cloudflare.ask("getZone", filter={"name": "mine.dev", "match": "all"})
    assert cloudflare.ask("getZone", zoneId=cloudflare.add_zone("mine.dev"))["name"] == "mine.dev"


def test_a_zone_that_a_program_makes_is_known(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("zone")
    assert made.outputs["nameServers"] and made.outputs["status"] == "pending"
    assert cloudflare.ask("getZone", filter={"name": "example.dev", "match": "all"})["zoneId"] == made.id
    assert cloudflare.make("dnsRecord", zoneId=made.id, name="@").outputs["name"] == "example.dev"
    assert "example.dev already exists" in cloudflare.refuses("zone")


def test_zones_can_be_listed(cloudflare: Cloudflare) -> None:
    assert [zone["name"] for zone in cloudflare.ask("getZones")["results"]] == ["example.com", "example.net", "example.org"]
    assert [zone["name"] for zone in cloudflare.ask("getZones", name="example.net")["results"]] == ["example.net"]


def test_what_is_in_a_wrong_zone_or_account_is_refused(cloudflare: Cloudflare) -> None:
    assert f"could not route to /zones/{'0' * 32}" in cloudflare.refuses("dnsRecord", zoneId="0" * 32)
    assert f"could not route to /accounts/{'0' * 32}" in cloudflare.refuses("loadBalancerPool", accountId="0" * 32)


def test_a_provider_takes_one_credential_or_none() -> None:
    assert CLOUD.scope({}).account == CLOUD.scope({"apiToken": "t"}).account == ACCOUNT
    with pytest.raises(Refused, match="only one of apiToken, apiKey"):
        CLOUD.scope({"apiToken": "t", "apiKey": "k"})
    with pytest.raises(Refused, match="apiKey needs email"):
        CLOUD.scope({"apiKey": "k"})


def test_cloudflares_ranges_are_the_published_ones(cloudflare: Cloudflare) -> None:
    found = cloudflare.ask("getIpRanges")
    assert len(found["ipv4Cidrs"]) == 15 and "173.245.48.0/20" in found["ipv4Cidrs"]
    assert len(found["ipv6Cidrs"]) == 7 and "2400:cb00::/32" in found["ipv6Cidrs"]


def test_another_look_up_is_refused(cloudflare: Cloudflare) -> None:
    with pytest.raises(Refused, match="has no answer to the look-up cloudflare:index/getUser:getUser"):
        cloudflare.ask("getUser")


def test_an_unknown_property_is_refused_though_the_plugin_drops_it(cloudflare: Cloudflare) -> None:
    assert "unknown property" in cloudflare.refuses("dnsRecord", contents="x")


# --- load balancing --------------------------------------------------------------------------------------------------------


def test_a_front_as_cloudflare_gives_it_back(cloudflare: Cloudflare) -> None:
    monitor = cloudflare.make("loadBalancerMonitor")
    pool = cloudflare.make("loadBalancerPool", monitor=monitor.id)
    balancer = cloudflare.make("loadBalancer", defaultPools=[pool.id], fallbackPool=pool.id)
    assert all(HEX.fullmatch(made.id) for made in (monitor, pool, balancer))
    assert monitor.outputs.items() >= {"interval": 60, "timeout": 5, "retries": 2, "method": "GET", "followRedirects": False}.items()
    assert pool.outputs.items() >= {"enabled": True, "minimumOrigins": 1, "monitor": monitor.id, "disabledAt": ""}.items()
    assert balancer.outputs.items() >= {"enabled": True, "zoneName": "example.com", "steeringPolicy": "", "sessionAffinity": "none"}.items()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", balancer.outputs["createdOn"])


def test_an_update_keeps_the_time_of_creation(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("loadBalancerMonitor")
    changed = cloudflare.change("loadBalancerMonitor", made, interval=30)
    assert changed.outputs["createdOn"] == made.outputs["createdOn"] < changed.outputs["modifiedOn"]
    assert changed.outputs["interval"] == 30
    assert cloudflare.change("loadBalancerMonitor", changed, interval=None).outputs["interval"] == 60


def test_only_another_account_or_zone_replaces_the_parts_of_a_front(cloudflare: Cloudflare) -> None:
    pool = cloudflare.make("loadBalancerPool")
    assert not cloudflare.replaced("loadBalancerPool", pool, name="other", origins=[{"name": "b", "address": "192.0.2.2"}])
    assert cloudflare.replaced("loadBalancerPool", pool, accountId="0" * 32)
    balancer = cloudflare.make("loadBalancer")
    assert not cloudflare.replaced("loadBalancer", balancer, name="shop.example.com", steeringPolicy="random")
    assert cloudflare.replaced("loadBalancer", balancer, zoneId=zone_id("example.net"))


def test_a_pool_or_monitor_in_use_stays_until_it_is_let_go(cloudflare: Cloudflare) -> None:
    monitor = cloudflare.make("loadBalancerMonitor")
    pools = [cloudflare.make("loadBalancerPool", name=name, monitor=monitor.id) for name in ("aws", "gcp", "do")]
    first, second, third = (pool.id for pool in pools)
    balancer = cloudflare.make("loadBalancer", defaultPools=[first, second], fallbackPool=second, regionPools={"WEU": [third, first]})
    for name, held in (("loadBalancerMonitor", monitor), *(("loadBalancerPool", pool) for pool in pools)):
        with pytest.raises(Refused, match=r"referenced by other objects, delete them first .*\(1005\)"):
            cloudflare.remove(name, held)
    cloudflare.change("loadBalancer", balancer, defaultPools=[first], fallbackPool=first, regionPools=None)
    cloudflare.remove("loadBalancerPool", pools[1])
    cloudflare.remove("loadBalancerPool", pools[2])
    cloudflare.remove("loadBalancer", balancer)
    cloudflare.remove("loadBalancerPool", pools[0])
    cloudflare.remove("loadBalancerMonitor", monitor)


def test_names_are_taken_once(cloudflare: Cloudflare) -> None:
    cloudflare.make("loadBalancerPool", name="aws")
    assert "a pool with this name exists" in cloudflare.refuses("loadBalancerPool", name="aws")
    cloudflare.make("loadBalancer")
    assert "a load balancer with this hostname exists" in cloudflare.refuses("loadBalancer")
    other = cloudflare.make("loadBalancerPool", name="gcp")
    with pytest.raises(Refused, match="value not unique"):
        cloudflare.change("loadBalancerPool", other, name="aws")


def test_steering_needs_what_it_steers_by(cloudflare: Cloudflare) -> None:
    plain = cloudflare.make("loadBalancerPool", name="plain")
    known = cloudflare.make(
        "loadBalancerPool", name="known", latitude=50.1, longitude=8.7, monitor=cloudflare.make("loadBalancerMonitor").id
    )
    given = {"defaultPools": [plain.id], "fallbackPool": plain.id}
    assert "proximity needs the coordinates of pool plain" in cloudflare.refuses("loadBalancer", steeringPolicy="proximity", **given)
    assert "dynamic_latency needs a monitor on pool plain" in cloudflare.refuses("loadBalancer", steeringPolicy="dynamic_latency", **given)
    balancer = cloudflare.make("loadBalancer", steeringPolicy="proximity", defaultPools=[known.id], fallbackPool=plain.id)
    assert cloudflare.change("loadBalancer", balancer, steeringPolicy="dynamic_latency").outputs["steeringPolicy"] == "dynamic_latency"


def test_limits_without_enterprise_are_twenty(cloudflare: Cloudflare) -> None:
    many = [{"name": f"o{i}", "address": f"192.0.2.{i}"} for i in range(21)]
    assert "the origin list length must be in range [1, 20]" in cloudflare.refuses("loadBalancerPool", origins=many)
    assert "interval is not in range [15, 3600]" in cloudflare.refuses("loadBalancerMonitor", interval=10)
    for number in range(20):
        pool = cloudflare.make("loadBalancerPool", name=f"p{number}").id
        cloudflare.make("loadBalancer", name=f"w{number}.example.com", defaultPools=[pool], fallbackPool=pool)
    assert "the account has 20 pools" in cloudflare.refuses("loadBalancerPool", name="one-more")
    assert "the zone has 20 load balancers" in cloudflare.refuses("loadBalancer", defaultPools=[pool], fallbackPool=pool)
    cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancerPool", name="one-more", origins=many)
    cloudflare.make("loadBalancerMonitor", interval=10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"interval": 14}, "interval is not in range [15, 3600]: validation failed (1002)"),
        ({"interval": 3601}, "interval is not in range [15, 3600]"),
        ({"timeout": 11}, "timeout: expected"),
        ({"retries": 6}, "retries: expected"),
        ({"type": "telnet"}, 'type: expected one of "http", "https"'),
        ({"type": "tcp", "path": None, "expectedCodes": None}, "port: port is required for tcp"),
        ({"type": "tcp", "port": 80, "expectedCodes": None}, "path: path is only valid for http and https"),
        ({"path": "healthz"}, "path: path must begin with a slash"),
        ({"port": 70000}, "port: expected"),
        ({"expectedCodes": "ok"}, "expectedCodes: expected codes such as 200"),
        ({"probeZone": "example.dev"}, "probe_zone example.dev is not a zone of this account"),
        ({"accountId": None}, "accountId: missing required property"),
    ],
)
def test_a_wrong_monitor_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancerMonitor", **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origins": []}, "origins: the origin list length must be in range [1, 20]: validation failed (1002)"),
        ({"origins": [{"name": "a", "address": "x"}]}, "origins[0].address: x is neither an address nor a hostname"),
        ({"origins": [{"name": "a"}]}, "origins[0].address: an origin needs its address"),
        ({"origins": [{"name": "a", "address": "10.0.0.1"}]}, "origins[0].address: 10.0.0.1 is internal and needs virtual_network_id"),
        ({"origins": [{"name": "a", "address": f"192.0.2.{i}"} for i in (1, 2)]}, "origins: two origins have the name a"),
        ({"origins": [{"name": n, "address": "192.0.2.1"} for n in "ab"]}, "origins: two origins have the address 192.0.2.1"),
        ({"origins": [{"name": "a", "address": "192.0.2.1", "weight": 1.5}]}, "origins[0].weight: expected"),
        ({"origins": [{"name": "a", "address": "192.0.2.1", "port": 65536}]}, "origins[0].port: expected"),
        ({"name": "my pool"}, "name: expected letters, digits, hyphens and underscores"),
        ({"latitude": 50.1}, "latitude: must be given together with 'longitude'"),
        ({"latitude": 91, "longitude": 0}, "latitude: expected"),
        ({"checkRegions": ["MARS"]}, "checkRegions[0]: expected one of"),
        ({"checkRegions": ["ALL_REGIONS"]}, "ALL_REGIONS is for Enterprise"),
        ({"originSteering": {"policy": "nearest"}}, "originSteering.policy: expected one of"),
        ({"loadShedding": {"defaultPercent": 101}}, "loadShedding.defaultPercent: expected"),
        ({"loadShedding": {"sessionPolicy": "random"}}, 'loadShedding.sessionPolicy: expected one of "hash"'),
        ({"monitor": "0" * 32}, f"monitor {'0' * 32} not found"),
    ],
)
def test_a_wrong_pool_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancerPool", **changes)


def test_two_origins_may_share_an_address_on_two_ports(cloudflare: Cloudflare) -> None:
    cloudflare.make("loadBalancerPool", origins=[{"name": f"p{port}", "address": "192.0.2.1", "port": port} for port in (80, 81)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "www.example.net"}, "the hostname www.example.net is not in the zone example.com"),
        ({"defaultPools": [], "fallbackPool": "x"}, "defaultPools: at least one default pool is needed"),
        ({"defaultPools": ["a", "a"], "fallbackPool": "a"}, "defaultPools: a occurs twice: value not unique (1003)"),
        ({"defaultPools": ["0" * 32], "fallbackPool": "0" * 32}, f"pool {'0' * 32} not found"),
        ({"steeringPolicy": "nearest"}, "steeringPolicy: expected one of"),
        ({"sessionAffinity": "cookie", "proxied": False}, "sessionAffinity: session_affinity needs proxied"),
        ({"sessionAffinity": "cookie", "proxied": None}, "sessionAffinity: session_affinity needs proxied"),
        ({"sessionAffinityAttributes": {"drainDuration": 60}, "proxied": False}, "drain_duration needs proxied"),
        ({"sessionAffinity": "cookie", "sessionAffinityTtl": 60}, "session_affinity_ttl is not in range [1800, 604800]"),
        (
            {"sessionAffinity": "header", "sessionAffinityTtl": 7200, "sessionAffinityAttributes": {"headers": ["x"]}},
            "session_affinity_ttl is not in range [30, 3600]",
        ),
        ({"sessionAffinity": "header"}, "affinity by header needs at least one header"),
        (
            {"sessionAffinity": "header", "sessionAffinityAttributes": {"headers": ["x"], "zeroDowntimeFailover": "sticky"}},
            "sticky is not supported with affinity by header",
        ),
        (
            {"sessionAffinity": "cookie", "sessionAffinityAttributes": {"samesite": "None", "secure": "Never"}},
            "secure cannot be Never where samesite is None",
        ),
        ({"sessionAffinityAttributes": {"zeroDowntimeFailover": "always"}}, "zeroDowntimeFailover: expected one of"),
        ({"ttl": 60}, "ttl: ttl is only for load balancers that are not proxied"),
        ({"randomSteering": {"defaultWeight": 2}}, "randomSteering.defaultWeight: expected"),
        ({"randomSteering": {"poolWeights": {"x": 1.5}}}, "randomSteering.poolWeights.x: expected"),
        ({"randomSteering": {"poolWeights": {"0" * 32: 1}}}, f"pool {'0' * 32} not found"),
        ({"regionPools": {"EU": ["x"]}}, "regionPools: EU is not a region: WNAM"),
        ({"countryPools": {"de": ["x"]}}, "countryPools: de is not a country code"),
        ({"locationStrategy": {"mode": "gps"}}, "locationStrategy.mode: expected one of"),
        ({"rules": [{"name": "r", "fixedResponse": {}, "overrides": {}}]}, "a rule has either fixed_response or overrides"),
        ({"rules": [{"overrides": {"steeringPolicy": "nearest"}}]}, "rules[0].overrides.steeringPolicy: expected one of"),
    ],
)
def test_a_wrong_load_balancer_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancer", **changes)


def test_pop_pools_are_for_enterprise(cloudflare: Cloudflare) -> None:
    pool = cloudflare.make("loadBalancerPool").id
    given = {"defaultPools": [pool], "fallbackPool": pool, "popPools": {"FRA": [pool]}}
    assert "pop_pools is for Enterprise" in cloudflare.refuses("loadBalancer", **given)
    big = cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancer", zoneId=big, name="www.big.example", **given)


def test_the_parts_of_a_front_can_be_listed_to_find_orphans(cloudflare: Cloudflare) -> None:
    note = "project=p stack=s component=front"
    monitor = cloudflare.make("loadBalancerMonitor", description=note)
    pool = cloudflare.make("loadBalancerPool", monitor=monitor.id, description=note)
    cloudflare.make("loadBalancerPool", name="other")
    balancer = cloudflare.make("loadBalancer", defaultPools=[pool.id], fallbackPool=pool.id, description=note)
    record = cloudflare.make("dnsRecord", comment=note)
    cloudflare.make("dnsRecord", zoneId=zone_id("example.net"))
    found = {
        monitor.id: cloudflare.ask("getLoadBalancerMonitors", accountId=ACCOUNT),
        pool.id: cloudflare.ask("getLoadBalancerPools", accountId=ACCOUNT, monitor=monitor.id),
        balancer.id: cloudflare.ask("getLoadBalancers", zoneId=ZONE),
        record.id: cloudflare.ask("getDnsRecords", zoneId=ZONE, comment={"startswith": "project=p stack=s"}),
    }
    for id, answer in found.items():
        assert [(one["id"], one.get("description", one.get("comment"))) for one in answer["results"]] == [(id, note)]
    assert cloudflare.ask("getDnsRecords", zoneId=ZONE, type="TXT")["results"] == []
    assert cloudflare.ask("getDnsRecords", zoneId=ZONE, name={"exact": "www.example.com"})["results"][0]["id"] == record.id


# --- DNS -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "full"),
    [("@", "example.com"), ("shop", "shop.example.com"), ("example.com", "example.com"), ("a.b.example.com", "a.b.example.com")],
)
def test_a_records_name_is_completed(cloudflare: Cloudflare, name: str, full: str) -> None:
    made = cloudflare.make("dnsRecord", name=name)
    assert made.outputs.items() >= {"name": full, "proxied": False, "proxiable": True, "tags": [], "commentModifiedOn": ""}.items()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"content": "example.net"}, "content: content for A record must be a valid IPv4 address (9005)"),
        ({"content": "2001:db8::1"}, "must be a valid IPv4 address"),
        ({"type": "AAAA"}, "must be a valid IPv6 address"),
        ({"content": None}, "content: a A record needs content"),
        ({"type": "CNAME", "content": "not a host"}, "content for CNAME record must be a hostname"),
        ({"type": "MX", "content": "mail.example.com"}, "priority: priority is required for MX records"),
        ({"type": "SRV", "content": None}, "data: a SRV record needs data"),
        ({"type": "SPF", "content": "x"}, "type: expected one of"),
        ({"type": "TXT", "content": "x", "proxied": True}, "proxied: this record type cannot be proxied"),
        ({"proxied": True, "ttl": 300}, "ttl: ttl must be 1, automatic, where the record is proxied"),
        ({"ttl": 7}, "ttl must be between 60 and 86400 seconds, or 1 for automatic"),
        ({"ttl": 30}, "ttl must be between 60 and 86400 seconds"),
        ({"ttl": 86401}, "ttl must be between 60 and 86400 seconds"),
        ({"ttl": None}, "ttl: missing required property"),
        ({"comment": "x" * 101}, "a comment may have 100 characters on the free plan"),
        ({"tags": ["a:b"]}, "tags need a paid plan"),
        ({"type": "MX", "content": "mail.example.com", "priority": 70000}, "priority: expected"),
    ],
)
def test_a_wrong_record_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("dnsRecord", **changes)


def test_a_paid_plan_allows_more(cloudflare: Cloudflare) -> None:
    big = cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("dnsRecord", zoneId=big, name="www", ttl=30, comment="x" * 500, tags=["a:b"])


def test_an_identical_record_and_a_name_with_a_cname_are_refused(cloudflare: Cloudflare) -> None:
    cloudflare.make("dnsRecord")
    assert "an identical record already exists" in cloudflare.refuses("dnsRecord", name="www", ttl=300)
    assert "(81053)" in cloudflare.refuses("dnsRecord", type="CNAME", content="example.net")
    cloudflare.make("dnsRecord", content="192.0.2.2")
    cloudflare.make("dnsRecord", type="TXT", content="x")
    cloudflare.make("dnsRecord", name="shop", type="CNAME", content="example.net")
    assert "a CNAME record with that host already exists" in cloudflare.refuses("dnsRecord", name="shop")
    cloudflare.make("dnsRecord", zoneId=zone_id("example.net"), name="shop")


def test_a_record_updates_in_place_but_for_its_type(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("dnsRecord")
    assert not cloudflare.replaced("dnsRecord", made, content="192.0.2.9", name="other", ttl=300)
    assert cloudflare.replaced("dnsRecord", made, type="CNAME", content="example.net")
    assert cloudflare.change("dnsRecord", made, content="192.0.2.9").outputs["content"] == "192.0.2.9"


# --- rules, settings, certificates -------------------------------------------------------------------------------------------


def test_a_ruleset_counts_its_versions_and_keeps_its_rules_ids(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("ruleset")
    changed = cloudflare.change("ruleset", made, rules=[*made.inputs["rules"], {"action": "log", "expression": "true"}])
    assert (made.outputs["version"], changed.outputs["version"]) == ("1", "2")
    assert changed.outputs["rules"][0]["id"] == made.outputs["rules"][0]["id"] != changed.outputs["rules"][1]["id"]
    assert cloudflare.replaced("ruleset", made, phase="http_ratelimit", rules=[])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accountId": ACCOUNT}, "only one of 'zoneId', 'accountId' may be given"),
        ({"zoneId": None}, "one of 'zoneId', 'accountId' must be given"),
        ({"kind": "root"}, "accountId: a ruleset of kind root needs accountId"),
        ({"kind": "local"}, "kind: expected one of"),
        ({"phase": "http_request"}, "phase: expected one of"),
        ({"rules": [{"action": "ban", "expression": "true"}]}, "rules[0].action: expected one of"),
        ({"rules": [{"action": "block", "expression": '(http.host eq "x"'}]}, "rules[0].expression: filter parsing error"),
        ({"rules": [{"action": "block", "expression": ""}]}, "rules[0].expression: filter parsing error"),
        ({"rules": [{"action": "block"}]}, "rules[0].expression: missing required property"),
        ({"phase": "http_ratelimit"}, "rules[0].ratelimit: a rule of the phase http_ratelimit needs ratelimit"),
        (
            {"rules": [{"action": "block", "expression": "true", "ratelimit": {"characteristics": ["ip.src"], "period": 60}}]},
            "ratelimit is not for the phase http_request_firewall_custom",
        ),
        (
            {
                "phase": "http_ratelimit",
                "rules": [{"action": "block", "expression": "true", "ratelimit": {"characteristics": ["ip.src"], "period": 61}}],
            },
            "rules[0].ratelimit.period: expected one of 10, 60",
        ),
    ],
)
def test_a_wrong_ruleset_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("ruleset", **changes)


def test_a_zone_has_one_ruleset_a_phase(cloudflare: Cloudflare) -> None:
    cloudflare.make("ruleset")
    assert "exceeded maximum number of zone rulesets for phase http_request_firewall_custom" in cloudflare.refuses("ruleset", name="other")
    cloudflare.make("ruleset", zoneId=zone_id("example.net"))
    cloudflare.make("ruleset", phase="http_request_cache_settings", rules=[{"action": "set_cache_settings", "expression": "true"}])


def test_a_setting_may_be_set_twice_and_in_every_zone(cloudflare: Cloudflare) -> None:
    first, second = cloudflare.make("zoneSetting"), cloudflare.make("zoneSetting", value="full")
    cloudflare.make("zoneSetting", zoneId=zone_id("example.net"))
    assert first.id == f"{ZONE}/ssl" != second.id
    assert cloudflare.replaced("zoneSetting", first, settingId="min_tls_version", value="1.2")
    assert not cloudflare.replaced("zoneSetting", first, value="full")
    cloudflare.remove("zoneSetting", first)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settingId": "tls"}, "settingId: unrecognized zone setting name: tls"),
        ({"value": "on"}, "value: invalid value for zone setting ssl: 'on', which takes off, flexible, full, strict, origin_pull"),
        ({"settingId": "always_use_https", "value": True}, "invalid value for zone setting always_use_https"),
        ({"settingId": "min_tls_version", "value": "1.4"}, "invalid value for zone setting min_tls_version"),
    ],
)
def test_a_wrong_setting_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("zoneSetting", **changes)


def test_a_setting_of_many_parts_is_taken_as_it_is(cloudflare: Cloudflare) -> None:
    value = {"strict_transport_security": {"enabled": True, "max_age": 31536000}}
    assert cloudflare.make("zoneSetting", settingId="security_header", value=value).outputs["value"] == value


def test_an_origin_certificate_is_new_with_every_change(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("originCaCertificate", requestedValidity=365)
    assert made.outputs["certificate"].startswith("-----BEGIN CERTIFICATE-----") and made.id.isdigit()
    assert cloudflare.replaced("originCaCertificate", made, requestedValidity=90)
    assert cloudflare.replaced("originCaCertificate", made, hostnames=["example.com"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"csr": "x"}, "csr: failed to parse the certificate signing request"),
        ({"hostnames": []}, "hostnames: at least one hostname is needed"),
        ({"hostnames": ["example.dev"]}, "failed to validate requested hostname example.dev"),
        ({"requestType": "rsa"}, "requestType: expected one of"),
        ({"requestedValidity": 100}, "requestedValidity: expected one of 7, 30"),
    ],
)
def test_a_wrong_origin_certificate_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("originCaCertificate", **changes)


# --- tokens, notifications, tunnels ------------------------------------------------------------------------------------------


def test_a_tokens_value_is_secret_and_stays(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("apiToken")
    assert ("value",) in made.secrets and len(made.outputs["value"]) == 40
    assert cloudflare.change("apiToken", made, name="other").outputs["value"] == made.outputs["value"]


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("apiToken", {"policies": []}, "policies: a token needs at least one policy"),
        ("apiToken", {"policies": [{"effect": "allow", "permissionGroups": [], "resources": "{}"}]}, "needs at least one permission group"),
        (
            "apiToken",
            {"policies": [{"effect": "allow", "permissionGroups": [{"id": "a"}], "resources": "zone"}]},
            "policies[0].resources: resources is not a JSON object",
        ),
        (
            "apiToken",
            {"policies": [{"effect": "maybe", "permissionGroups": [{"id": "a"}], "resources": '{"a": "*"}'}]},
            "policies[0].effect: expected one of",
        ),
        ("notificationPolicy", {"mechanisms": {}}, "mechanisms: a notification policy needs at least one mechanism"),
        ("notificationPolicy", {"mechanisms": {"emails": [{"id": "ops"}]}}, "mechanisms.emails[0].id: ops is not an e-mail address"),
        ("notificationPolicy", {"alertType": "health"}, "alertType: expected one of"),
        ("notificationPolicy", {"mechanisms": {"webhooks": [{"id": "0" * 32}]}}, f"webhook {'0' * 32} not found"),
        ("zeroTrustTunnelCloudflared", {"tunnelSecret": "short"}, "tunnelSecret: tunnel_secret must be at least 32 bytes in base64"),
        ("zeroTrustTunnelCloudflared", {"configSrc": "git"}, "configSrc: expected one of"),
        ("zeroTrustTunnelCloudflaredConfig", {"tunnelId": "x"}, "tunnel x not found"),
        (
            "zeroTrustTunnelCloudflaredConfig",
            {"tunnelId": "x", "config": {"ingresses": [{"hostname": "a.example.com", "service": "http://localhost"}]}},
            "config.ingresses[0]: the last ingress rule must match all requests",
        ),
    ],
)
def test_wrong_things_of_the_account_are_refused(cloudflare: Cloudflare, name: str, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses(name, **changes)


def test_a_tunnel_waits_for_its_connector(cloudflare: Cloudflare) -> None:
    tunnel = cloudflare.make("zeroTrustTunnelCloudflared")
    assert tunnel.outputs.items() >= {"accountTag": ACCOUNT, "status": "inactive", "remoteConfig": True, "connections": []}.items()
    assert "you already have a tunnel with this name" in cloudflare.refuses("zeroTrustTunnelCloudflared")
    config = cloudflare.make(
        "zeroTrustTunnelCloudflaredConfig", tunnelId=tunnel.id, config={"ingresses": [{"service": "http://localhost:80"}]}
    )
    again = cloudflare.change("zeroTrustTunnelCloudflaredConfig", config, config={"ingresses": [{"service": "http://localhost:81"}]})
    assert (config.outputs["version"], again.outputs["version"]) == (1, 2)
    route = cloudflare.make("zeroTrustTunnelCloudflaredRoute", accountId=ACCOUNT, tunnelId=tunnel.id, network="10.0.0.0/8")
    with pytest.raises(Refused, match="has a route"):
        cloudflare.remove("zeroTrustTunnelCloudflared", tunnel)
    cloudflare.remove("zeroTrustTunnelCloudflaredRoute", route)
    cloudflare.remove("zeroTrustTunnelCloudflared", tunnel)


def test_checks_bear_what_is_not_known_yet(cloudflare: Cloudflare) -> None:
    """In the first preview most ids are unknown, and a check that reads one must not fall over it."""
    unknown: dict[str, dict[str, Any]] = {
        "loadBalancerPool": {"origins": UNKNOWN},
        "loadBalancer": {
            "defaultPools": [UNKNOWN, UNKNOWN],
            "fallbackPool": UNKNOWN,
            "randomSteering": {"poolWeights": UNKNOWN},
            "zoneId": UNKNOWN,
        },
        "dnsRecord": {"content": UNKNOWN, "proxied": UNKNOWN, "type": "CNAME"},
        "ruleset": {"rules": [{"action": "block", "expression": UNKNOWN}], "zoneId": UNKNOWN},
        "zoneSetting": {"value": UNKNOWN},
        "originCaCertificate": {"csr": UNKNOWN, "hostnames": [UNKNOWN]},
        "notificationPolicy": {"mechanisms": {"webhooks": [{"id": UNKNOWN}]}, "filters": {"poolIds": UNKNOWN}},
        "apiToken": {"policies": [{"effect": "allow", "permissionGroups": [{"id": UNKNOWN}], "resources": UNKNOWN}]},
        "zeroTrustTunnelCloudflared": {"tunnelSecret": UNKNOWN},
        "zeroTrustTunnelCloudflaredConfig": {"tunnelId": UNKNOWN, "config": {"ingresses": UNKNOWN}},
    }
    for name, changes in unknown.items():
        assert not cloudflare.check(cloudflare.token(name), "it", cloudflare.inputs(name, changes), set()).failures, name
    origins = [{"name": UNKNOWN, "address": UNKNOWN}, {"name": UNKNOWN, "address": UNKNOWN, "weight": UNKNOWN}]
    assert not cloudflare.check(
        cloudflare.token("loadBalancerPool"), "it", cloudflare.inputs("loadBalancerPool", {"origins": origins}), set()
    ).failures
