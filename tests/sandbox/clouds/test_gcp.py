"""The stand-in for Google Cloud says what Google says: ids, links, addresses, and no where Google says no."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.clouds.gcp import CLOUD
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import UNKNOWN, Refused, Values
from sandbox.store import Store

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
FIREWALL = "gcp:compute/firewall:Firewall"
TEMPLATE = "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
GROUP = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
AUTOSCALER = "gcp:compute/regionAutoscaler:RegionAutoscaler"
CHECK = "gcp:compute/healthCheck:HealthCheck"
BACKEND = "gcp:compute/backendService:BackendService"
URL_MAP = "gcp:compute/uRLMap:URLMap"
PROXY = "gcp:compute/targetHttpProxy:TargetHttpProxy"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
POLICY = "gcp:compute/securityPolicy:SecurityPolicy"
ACCOUNT = "gcp:serviceaccount/account:Account"
GRANT = "gcp:projects/iAMMember:IAMMember"
INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
REGION = "europe-west3"


class Google:
    """A project of its own, driven as the engine drives a provider."""

    def __init__(self, path: Path, **configuration: str) -> None:
        self.life = Lifecycle(CLOUD, Store(path))
        self.life.configure({"project": "shop-prod", "region": REGION, **configuration})
        self.numbers = itertools.count()

    def check(self, token: str, **inputs: Any) -> list[str]:
        """What is wrong with inputs, each as `path: reason`."""
        checked = self.life.check(token, f"r{next(self.numbers)}", inputs, set())
        return [f"{failure.property}: {failure.reason}" for failure in checked.failures]

    def make(self, token: str, **inputs: Any) -> State:
        """Checks and creates; a failed check fails the test."""
        logical = f"r{next(self.numbers)}"
        checked = self.life.check(token, logical, inputs, set())
        assert not checked.failures, checked.failures
        return self.life.create(token, logical, checked.inputs, set())

    def update(self, token: str, state: State, **inputs: Any) -> State:
        return self.life.update(token, "r", state.id, {**state.inputs, **inputs}, set())

    def delete(self, token: str, state: State) -> None:
        self.life.delete(token, "r", state.id)

    def diff(self, token: str, old: Values, new: Values) -> tuple[bool, bool]:
        """Whether inputs differ, and whether that replaces."""
        state = self.life.diff(token, old, new, {})
        return bool(state.changes), state.replaces

    def ask(self, token: str, **arguments: Any) -> Values:
        values, failures = self.life.invoke(token, arguments, set())
        assert not failures, failures
        return values

    # What tests stand on

    def network(self) -> State:
        return self.make(NETWORK, autoCreateSubnetworks=False)

    def subnetwork(self, network: State, range: str = "10.20.0.0/20") -> State:
        return self.make(SUBNETWORK, network=network.id, region=REGION, ipCidrRange=range)

    def template(self, **inputs: Any) -> State:
        given = {"region": REGION, "machineType": "e2-small", "disks": [{"sourceImage": "debian-cloud/debian-12", "boot": True}]}
        if "networkInterfaces" not in inputs:
            given["networkInterfaces"] = [{"subnetwork": self.subnetwork(self.network()).id}]
        return self.make(TEMPLATE, **(given | inputs))

    def group(self, template: State, **inputs: Any) -> State:
        versions = [{"instanceTemplate": template.outputs["selfLink"]}]
        return self.make(GROUP, **({"region": REGION, "baseInstanceName": "web", "versions": versions, "targetSize": 2} | inputs))

    def backend(self, **inputs: Any) -> State:
        return self.make(BACKEND, **({"loadBalancingScheme": "EXTERNAL_MANAGED"} | inputs))

    def sql(self, **inputs: Any) -> State:
        given = {"databaseVersion": "POSTGRES_16", "region": REGION, "settings": SETTINGS, "deletionProtection": False}
        return self.make(INSTANCE, **(given | inputs))


SETTINGS = {"tier": "db-custom-2-4096", "edition": "ENTERPRISE"}


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    project = Google(tmp_path / "sandbox.db")
    yield project
    project.life.store.close()


# Names, ids and links


def test_a_network_is_known_by_googles_id_and_link(google: Google) -> None:
    network = google.make(NETWORK, name="main", autoCreateSubnetworks=False)
    assert network.id == "projects/shop-prod/global/networks/main"
    assert network.outputs["selfLink"] == "https://www.googleapis.com/compute/v1/projects/shop-prod/global/networks/main"
    assert network.outputs["project"] == "shop-prod"
    assert network.outputs["networkId"] == network.outputs["numericId"]


def test_what_is_regional_has_its_region_in_the_id_even_the_providers_own(google: Google) -> None:
    router = google.make(ROUTER, name="r", network=google.network().id)
    assert router.id == f"projects/shop-prod/regions/{REGION}/routers/r"
    assert router.outputs["region"] == REGION


def test_a_nat_has_an_id_of_its_own_kind(google: Google) -> None:
    router = google.make(ROUTER, name="r", network=google.network().id)
    nat = google.make(
        NAT, name="nat", router="r", sourceSubnetworkIpRangesToNat="ALL_SUBNETWORKS_ALL_IP_RANGES", natIpAllocateOption="AUTO_ONLY"
    )
    assert nat.id == f"shop-prod/{REGION}/r/nat"
    google.delete(ROUTER, router)


def test_an_automatic_name_is_lower_case_and_fits(google: Google) -> None:
    network = google.make(NETWORK, autoCreateSubnetworks=False)
    assert network.outputs["name"].startswith("r0-")
    checked = google.life.check(NETWORK, "Web-Shop", {"autoCreateSubnetworks": False}, set())
    assert checked.inputs["name"].startswith("web-shop-")


@pytest.mark.parametrize("name", ["Main", "1main", "main-", "ma_in", "m" * 64])
def test_names_are_those_of_rfc_1035(google: Google, name: str) -> None:
    """The plugin checks a network's name, the API that of a backend service."""
    assert google.check(NETWORK, name=name) == [
        "name: expected 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, "
        f'got "{name}" [refused by the provider]'
    ]
    assert google.check(BACKEND, name=name)[0].endswith("[refused by the cloud's API]")


def test_a_taken_name_is_refused_in_googles_words(google: Google) -> None:
    google.make(NETWORK, name="main")
    with pytest.raises(Refused) as refused:
        google.make(NETWORK, name="main")
    assert str(refused.value) == (
        "googleapi: Error 409: The resource 'projects/shop-prod/global/networks/main' already exists, alreadyExists"
    )


def test_a_regional_name_may_be_taken_in_another_region(google: Google) -> None:
    network = google.network()
    google.make(SUBNETWORK, name="s", network=network.id, region="europe-west3", ipCidrRange="10.0.0.0/24")
    google.make(SUBNETWORK, name="s", network=network.id, region="europe-west1", ipCidrRange="10.0.1.0/24")


# References and what is in use


def test_a_reference_may_be_an_id_a_link_or_a_name(google: Google) -> None:
    network = google.make(NETWORK, name="main", autoCreateSubnetworks=False)
    for index, value in enumerate([network.id, network.outputs["selfLink"], "main"]):
        google.make(SUBNETWORK, network=value, region=REGION, ipCidrRange=f"10.0.{index}.0/24")


def test_what_does_not_exist_cannot_be_named(google: Google) -> None:
    with pytest.raises(Refused) as refused:
        google.make(SUBNETWORK, network="projects/shop-prod/global/networks/gone", region=REGION, ipCidrRange="10.0.0.0/24")
    assert str(refused.value) == "googleapi: Error 404: The resource 'projects/shop-prod/global/networks/gone' was not found, notFound"


def test_what_is_used_cannot_be_deleted(google: Google) -> None:
    """In Google's words, whichever way the reference is written."""
    network = google.make(NETWORK, name="main", autoCreateSubnetworks=False)
    firewall = google.make(FIREWALL, name="f", network="main", allows=[{"protocol": "tcp"}], sourceRanges=["10.0.0.0/8"])
    with pytest.raises(Refused) as refused:
        google.delete(NETWORK, network)
    assert str(refused.value) == (
        "googleapi: Error 400: The network resource 'projects/shop-prod/global/networks/main' is already being used by "
        "'projects/shop-prod/global/firewalls/f', resourceInUseByAnotherResource"
    )
    google.delete(FIREWALL, firewall)
    google.delete(NETWORK, network)


def test_a_template_is_free_once_its_group_has_another(google: Google) -> None:
    """The engine's order at a replacement: new template, group updated, old template deleted."""
    old = google.template()
    group = google.group(old)
    with pytest.raises(Refused, match=r"The instance_template resource '.*' is already being used by '.*instanceGroupManagers"):
        google.delete(TEMPLATE, old)
    new = google.template(networkInterfaces=old.inputs["networkInterfaces"], machineType="e2-medium")
    google.update(GROUP, group, versions=[{"instanceTemplate": new.outputs["selfLink"]}])
    google.delete(TEMPLATE, old)


def test_the_load_balancers_chain_is_held_from_the_rule_down(google: Google) -> None:
    template = google.template()
    group, check = google.group(template), google.make(CHECK, tcpHealthCheck={"port": 80})
    policy = google.make(POLICY)
    backend = google.backend(backends=[{"group": group.outputs["instanceGroup"]}], healthChecks=check.id, securityPolicy=policy.id)
    url_map = google.make(URL_MAP, defaultService=backend.id)
    proxy = google.make(PROXY, urlMap=url_map.id)
    address = google.make(ADDRESS)
    rule = google.make(RULE, target=proxy.id, portRange="80", ipAddress=address.outputs["address"])
    assert rule.outputs["ipAddress"] == address.outputs["address"]
    chain = [(RULE, rule), (PROXY, proxy), (URL_MAP, url_map), (BACKEND, backend), (GROUP, group), (TEMPLATE, template)]
    for token, state in [*chain[1:], (CHECK, check), (POLICY, policy), (ADDRESS, address)]:
        with pytest.raises(Refused, match="is already being used by"):
            google.delete(token, state)
    for token, state in [*chain, (CHECK, check), (POLICY, policy), (ADDRESS, address)]:
        google.delete(token, state)


# Labels


def test_labels_are_given_back_with_the_providers_own(google: Google) -> None:
    address = google.make(ADDRESS, labels={"stack": "dev"})
    assert address.outputs["effectiveLabels"] == {"stack": "dev", "goog-pulumi-provisioned": "true"} == address.outputs["pulumiLabels"]
    changed = google.update(ADDRESS, address, labels={"stack": "prod"})
    assert changed.outputs["effectiveLabels"]["stack"] == "prod"
    assert changed.outputs["labelFingerprint"] != address.outputs["labelFingerprint"]
    assert changed.outputs["address"] == address.outputs["address"]


@pytest.mark.parametrize("labels", [{"Stack": "dev"}, {"stack": "Dev"}, {"1": "x"}, {"s": "x" * 64}, {f"l{n}": "" for n in range(65)}])
def test_labels_that_google_refuses(google: Google, labels: dict[str, str]) -> None:
    [failure] = google.check(ADDRESS, labels=labels)
    assert failure.startswith("labels") and "Invalid value for field 'resource.labels" in failure


# Refusals by type


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (SUBNETWORK, {"network": "n", "region": "europe-west99", "ipCidrRange": "10.0.0.0/24"}, "region: .*Unknown region."),
        (SUBNETWORK, {"network": "n", "ipCidrRange": "10.0.0.1/24"}, "ipCidrRange: .*no bits set beyond its prefix"),
        (SUBNETWORK, {"network": "n", "ipCidrRange": "10.0.0.0/30"}, "ipCidrRange: .*/29 or shorter"),
        (SUBNETWORK, {"network": "n", "ipCidrRange": "10.0.0.0/24", "stackType": "IPV5"}, "stackType: expected one of"),
        (ROUTER, {"network": "n", "bgp": {"asn": 1}}, "bgp.asn: .*private ASN"),
        (NAT, {"router": "r", "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS"}, "sourceSubnetworkIpRangesToNat: .*if and only if"),
        (FIREWALL, {"network": "n", "allows": [{"protocol": "tcp"}]}, ": one of source_tags, source_ranges.*refused by the provider"),
        (FIREWALL, {"network": "n", "sourceRanges": ["10.0.0.0/8"]}, "allows: one of 'allows', 'denies' must be given"),
        (
            FIREWALL,
            {"network": "n", "sourceRanges": ["10.0.0.0/8"], "allows": [{"protocol": "tcp", "ports": ["80-22"]}]},
            r"allows\[0\].ports: .*a port number",
        ),
        (FIREWALL, {"network": "n", "sourceRanges": ["nowhere"], "allows": [{"protocol": "tcp"}]}, r"sourceRanges\[0\]: .*CIDR"),
        (
            FIREWALL,
            {"network": "n", "sourceTags": ["a"], "targetServiceAccounts": ["b"], "allows": [{"protocol": "tcp"}]},
            "conflicts with",
        ),
        (CHECK, {}, "one of 'grpcHealthCheck'.* must be given"),
        (CHECK, {"tcpHealthCheck": {"port": 80}, "checkIntervalSec": 5, "timeoutSec": 6}, "timeoutSec: .*not be longer"),
        (CHECK, {"httpHealthCheck": {"port": 80, "requestPath": "healthz"}}, "httpHealthCheck.requestPath: .*begin with a slash"),
        (CHECK, {"httpHealthCheck": {"port": 80, "portSpecification": "USE_SERVING_PORT"}}, "Must not specify port.*by the provider"),
        (CHECK, {"tcpHealthCheck": {"port": 70000}}, "tcpHealthCheck.port: "),
        (
            AUTOSCALER,
            {"target": "g", "autoscalingPolicy": {"minReplicas": 3, "maxReplicas": 2}},
            "autoscalingPolicy.maxReplicas: .*must not be less",
        ),
        (
            AUTOSCALER,
            {"target": "g", "autoscalingPolicy": {"minReplicas": 1, "maxReplicas": 2, "cpuUtilization": {"target": 60}}},
            "autoscalingPolicy.cpuUtilization.target: .*at most 1",
        ),
        (BACKEND, {"loadBalancingScheme": "PUBLIC"}, "loadBalancingScheme: expected one of"),
        (BACKEND, {"backends": [{"group": "x/instanceGroups/g"}]}, "healthChecks: .*needs a health check"),
        (BACKEND, {"backends": [{"group": "g", "maxUtilization": 1.5}]}, r"backends\[0\].maxUtilization: .*between 0.0 and 1.0"),
        (URL_MAP, {}, "one of 'defaultRouteAction.weightedBackendServices', 'defaultService', 'defaultUrlRedirect' must be given"),
        (RULE, {"target": "projects/p/global/targetHttpProxies/x"}, "portRange: .*port is required"),
        (RULE, {"target": "projects/p/global/targetHttpProxies/x", "portRange": "80-90"}, "portRange: .*one port alone"),
        (POLICY, {"rules": [{"action": "allow", "priority": 1, "match": {"versionedExpr": "SRC_IPS_V1"}}]}, "rules: .*default rule"),
        (ACCOUNT, {"accountId": "short"}, "accountId: expected 6 to 30"),
        (ACCOUNT, {"accountId": "a" * 31}, "accountId: expected 6 to 30"),
        (GRANT, {"project": "p", "role": "owner", "member": "user:a@b"}, "role: .*not supported"),
        (GRANT, {"project": "p", "role": "roles/viewer", "member": "a@b"}, "member: expected allUsers"),
        (DATABASE, {}, "instance: missing required property"),
        (USER, {"instance": "i", "name": "u"}, "password: .*needs a password"),
        ("gcp:compute/instance:Instance", {"machineType": "e2-small"}, "bootDisk: missing required property"),
    ],
)
def test_inputs_that_are_refused_before_anything_is_made(google: Google, token: str, inputs: Values, message: str) -> None:
    failures = google.check(token, **inputs)
    assert any(re.search(message, failure) for failure in failures), failures


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"machineType": "e2-huge"}, "machineType: .*does not exist"),
        ({"disks": [{"sourceImage": "debian-cloud/debian-99", "boot": True}]}, r"disks\[0\].sourceImage: .*Could not find image or family"),
        ({"disks": [{"sourceImage": "debian-cloud/debian-12", "diskType": "floppy"}]}, r"disks\[0\].diskType: .*does not exist"),
        (
            {"machineType": "c4a-standard-1", "disks": [{"sourceImage": "debian-cloud/debian-12-arm64", "diskType": "pd-balanced"}]},
            r"disks\[0\].diskType: .*not compatible",
        ),
        ({"metadata": {"user-data": "x" * 262145}}, "metadata.user-data: .*too large"),
        ({"disks": [{"boot": False, "sourceImage": "debian-cloud/debian-12"}]}, r"disks\[0\].boot: .*must be a boot disk"),
        ({"networkInterfaces": []}, "networkInterfaces: .*At least one"),
        ({"shieldedInstanceConfig": {}}, "shieldedInstanceConfig.enableIntegrityMonitoring: at least one of"),
    ],
)
def test_templates_that_are_refused(google: Google, inputs: Values, message: str) -> None:
    given: Values = {
        "region": REGION,
        "machineType": "e2-small",
        "disks": [{"sourceImage": "debian-cloud/debian-12", "boot": True}],
        "networkInterfaces": [{"network": "n"}],
    }
    failures = google.check(TEMPLATE, **(given | inputs))
    assert any(re.search(message, failure) for failure in failures), failures


@pytest.mark.parametrize(
    "image",
    [
        "debian-cloud/debian-12",
        "debian-12",
        "projects/debian-cloud/global/images/family/debian-12",
        "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/family/debian-12",
        "debian-cloud/debian-12-bookworm-v20240110",
        "projects/ours/global/images/golden-7",
    ],
)
def test_images_may_be_written_in_every_way(google: Google, image: str) -> None:
    given = {"machineType": "e2-small", "networkInterfaces": [{"network": "n"}]}
    assert google.check(TEMPLATE, disks=[{"sourceImage": image, "boot": True}], **given) == []


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"updatePolicy": {"type": "PROACTIVE", "minimalAction": "REPLACE", "maxSurgeFixed": 1}}, "at least equal to the number of zones"),
        ({"distributionPolicyZones": ["europe-west1-b"]}, "It is not a zone of region europe-west3"),
        ({"baseInstanceName": "Web"}, "baseInstanceName: .*lower-case"),
        ({"targetSize": -1}, "targetSize: "),
        ({"updatePolicy": {"type": "SLOW", "minimalAction": "REPLACE"}}, "updatePolicy.type: expected one of"),
        ({"autoHealingPolicies": {"healthCheck": "c", "initialDelaySec": 4000}}, "autoHealingPolicies.initialDelaySec: "),
    ],
)
def test_groups_that_are_refused(google: Google, inputs: Values, message: str) -> None:
    failures = google.check(GROUP, **({"baseInstanceName": "web", "versions": [{"instanceTemplate": "t"}]} | inputs))
    assert any(re.search(message, failure) for failure in failures), failures


def test_a_surge_of_as_many_machines_as_zones_is_taken(google: Google) -> None:
    policy = {"type": "PROACTIVE", "minimalAction": "REPLACE", "maxSurgeFixed": 2, "maxUnavailableFixed": 0}
    zones = ["europe-west3-a", "europe-west3-b"]
    assert (
        google.check(
            GROUP, baseInstanceName="web", versions=[{"instanceTemplate": "t"}], distributionPolicyZones=zones, updatePolicy=policy
        )
        == []
    )


def test_what_is_not_known_yet_is_not_refused(google: Google) -> None:
    """At a preview, inputs that come from other resources are unknown."""
    assert google.check(SUBNETWORK, network=UNKNOWN, region=UNKNOWN, ipCidrRange=UNKNOWN) == []
    assert google.check(FIREWALL, network=UNKNOWN, allows=[{"protocol": "tcp", "ports": UNKNOWN}], sourceRanges=UNKNOWN) == []
    assert google.check(RULE, target=UNKNOWN, portRange="80", ipAddress=UNKNOWN) == []
    assert google.check(BACKEND, backends=[{"group": UNKNOWN}], healthChecks=UNKNOWN) == []
    assert google.check(POLICY, rules=UNKNOWN) == []
    assert google.check(POLICY, rules=[UNKNOWN]) == []
    assert google.check(GRANT, project=UNKNOWN, role="roles/viewer", member=UNKNOWN) == []
    assert google.check(TEMPLATE, machineType=UNKNOWN, disks=UNKNOWN, networkInterfaces=UNKNOWN, metadata=UNKNOWN, labels=UNKNOWN) == []
    assert google.check(GROUP, baseInstanceName="web", versions=[{"instanceTemplate": UNKNOWN}], distributionPolicyZones=UNKNOWN) == []
    assert google.check(INSTANCE, databaseVersion="POSTGRES_16", settings=UNKNOWN) == []
    networks = {"ipConfiguration": {"authorizedNetworks": UNKNOWN}, "databaseFlags": UNKNOWN, "userLabels": UNKNOWN}
    assert google.check(INSTANCE, databaseVersion="POSTGRES_16", settings={**SETTINGS, **networks}) == []


# Networks


def test_subnetworks_of_one_network_must_not_overlap(google: Google) -> None:
    network = google.network()
    google.subnetwork(network, "10.20.0.0/20")
    with pytest.raises(Refused, match=r"Invalid IPCidrRange: 10.20.8.0/24 conflicts with existing subnetwork"):
        google.subnetwork(network, "10.20.8.0/24")
    google.subnetwork(google.network(), "10.20.8.0/24")


def test_a_subnetwork_grows_in_place_and_shrinks_by_replacement(google: Google) -> None:
    inputs = {"network": "n", "ipCidrRange": "10.20.0.0/20"}
    assert google.diff(SUBNETWORK, inputs, inputs | {"ipCidrRange": "10.20.0.0/19"}) == (True, False)
    assert google.diff(SUBNETWORK, inputs, inputs | {"ipCidrRange": "10.20.0.0/21"}) == (True, True)


def test_a_subnetwork_has_its_gateway(google: Google) -> None:
    assert google.subnetwork(google.network(), "10.20.16.0/20").outputs["gatewayAddress"] == "10.20.16.1"


def test_the_order_of_a_firewalls_ranges_is_no_change(google: Google) -> None:
    inputs = {"network": "n", "allows": [{"protocol": "tcp"}], "sourceRanges": ["130.211.0.0/22", "35.191.0.0/16"]}
    assert google.diff(FIREWALL, inputs, inputs | {"sourceRanges": ["35.191.0.0/16", "130.211.0.0/22"]}) == (False, False)


def test_every_address_is_given_once(google: Google) -> None:
    addresses = [google.make(ADDRESS).outputs["address"] for _ in range(300)]
    assert len(set(addresses)) == 300


# Machines


def test_a_template_never_changes_in_place(google: Google) -> None:
    inputs = google.template(labels={"stack": "dev"}).inputs
    for change in ({"machineType": "e2-medium"}, {"metadata": {"user-data": "x"}}, {"labels": {"stack": "prod"}}, {"description": "x"}):
        assert google.diff(TEMPLATE, inputs, inputs | change) == (True, True)


def test_a_groups_new_template_is_an_update_and_its_zones_a_replacement(google: Google) -> None:
    inputs: Values = {"baseInstanceName": "web", "versions": [{"instanceTemplate": "a"}], "distributionPolicyZones": ["europe-west3-a"]}
    assert google.diff(GROUP, inputs, inputs | {"versions": [{"instanceTemplate": "b"}]}) == (True, False)
    assert google.diff(GROUP, inputs, inputs | {"distributionPolicyZones": ["europe-west3-b"]}) == (True, True)


def test_a_group_takes_three_zones_by_itself(google: Google) -> None:
    group = google.group(google.template())
    assert group.outputs["distributionPolicyZones"] == ["europe-west3-a", "europe-west3-b", "europe-west3-c"]
    assert group.outputs["instanceGroup"].endswith(f"/projects/shop-prod/regions/{REGION}/instanceGroups/{group.outputs['name']}")


def test_a_group_takes_templates_of_its_own_region_alone(google: Google) -> None:
    template = google.template(region="europe-west1", networkInterfaces=[{"network": google.network().id}])
    with pytest.raises(Refused, match="template's region does not match"):
        google.group(template)


def test_a_group_that_an_autoscaler_took_over_keeps_its_size(google: Google) -> None:
    """Leaving out the fixed size is no change: Google keeps the machines, the autoscaler decides."""
    old = {"baseInstanceName": "web", "versions": [{"instanceTemplate": "a"}], "targetSize": 3}
    assert google.diff(GROUP, old, {name: value for name, value in old.items() if name != "targetSize"}) == (False, False)


def test_a_group_has_one_autoscaler(google: Google) -> None:
    group = google.group(google.template())
    policy = {"minReplicas": 1, "maxReplicas": 3, "cpuUtilization": {"target": 0.6}}
    google.make(AUTOSCALER, target=group.outputs["selfLink"], autoscalingPolicy=policy, region=REGION)
    with pytest.raises(Refused, match="already has an autoscaler"):
        google.make(AUTOSCALER, target=group.id, autoscalingPolicy=policy, region=REGION)


# Load balancing


def test_one_address_serves_one_rule_for_a_port(google: Google) -> None:
    proxy = google.make(PROXY, urlMap=google.make(URL_MAP, defaultService=google.backend().id).id)
    address = google.make(ADDRESS)
    google.make(RULE, target=proxy.id, portRange="80", ipProtocol="TCP", ipAddress=address.outputs["address"])
    with pytest.raises(Refused, match="Specified IP address is in-use and would result in a conflict"):
        google.make(RULE, target=proxy.id, portRange="80", ipProtocol="TCP", ipAddress=address.id)
    google.make(RULE, target=proxy.id, portRange="8080", ipProtocol="TCP", ipAddress=address.id)


def test_a_rule_has_the_scheme_of_its_backend(google: Google) -> None:
    backend = google.backend(loadBalancingScheme="EXTERNAL")
    proxy = google.make(PROXY, urlMap=google.make(URL_MAP, defaultService=backend.id).id)
    with pytest.raises(Refused, match="load balancing scheme, EXTERNAL, does not match the rule's, EXTERNAL_MANAGED"):
        google.make(RULE, target=proxy.id, portRange="80")


def test_a_rule_without_an_address_gets_one(google: Google) -> None:
    proxy = google.make(PROXY, urlMap=google.make(URL_MAP, defaultService=google.backend().id).id)
    rule = google.make(RULE, target=proxy.id, portRange="80")
    assert google.update(RULE, rule, labels={"a": "b"}).outputs["ipAddress"] == rule.outputs["ipAddress"] != ""


def test_a_check_says_what_it_is(google: Google) -> None:
    assert google.make(CHECK, httpHealthCheck={"port": 80}).outputs["type"] == "HTTP"
    assert google.make(CHECK, grpcTlsHealthCheck={"port": 80}).outputs["type"] == "GRPC_WITH_TLS"


# Cloud Armor


def rule(priority: int, ranges: list[str], action: str = "allow") -> Values:
    return {"action": action, "priority": priority, "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ranges}}}


DEFAULT_RULE = rule(2147483647, ["*"], "deny(403)")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([rule(1, ["10.0.0.0/8"] * 11), DEFAULT_RULE], "at most 10"),
        ([rule(1, ["10.0.0.0/33"]), DEFAULT_RULE], r"rules\[0\].match.config.srcIpRanges\[0\]: .*CIDR"),
        ([rule(1, ["*"]), rule(1, ["*"]), DEFAULT_RULE], "Two or more rules have the same priority: 1"),
        ([rule(1, ["*"], "deny(418)"), DEFAULT_RULE], r"rules\[0\].action: "),
    ],
)
def test_rules_that_are_refused(google: Google, rules: list[Values], message: str) -> None:
    failures = google.check(POLICY, rules=rules)
    assert any(re.search(message, failure) for failure in failures), failures


def test_a_policy_without_rules_admits_everybody(google: Google) -> None:
    assert [given["action"] for given in google.make(POLICY).outputs["rules"]] == ["allow"]


# Accounts


def test_an_account_has_its_address(google: Google) -> None:
    account = google.make(ACCOUNT, accountId="web-machines")
    assert account.outputs["email"] == "web-machines@shop-prod.iam.gserviceaccount.com"
    assert account.outputs["member"] == f"serviceAccount:{account.outputs['email']}"
    assert account.id == f"projects/shop-prod/serviceAccounts/{account.outputs['email']}"
    with pytest.raises(Refused, match="Service account web-machines already exists within project projects/shop-prod"):
        google.make(ACCOUNT, accountId="web-machines")


def test_a_grant_names_an_account_that_exists(google: Google) -> None:
    with pytest.raises(Refused, match=r"Service account gone@shop-prod.iam.gserviceaccount.com does not exist"):
        google.make(GRANT, project="shop-prod", role="roles/viewer", member="serviceAccount:gone@shop-prod.iam.gserviceaccount.com")
    account = google.make(ACCOUNT, accountId="web-machines")
    grant = google.make(GRANT, project="shop-prod", role="roles/viewer", member=account.outputs["member"])
    assert grant.id == f"shop-prod/roles/viewer/{account.outputs['member']}"


# Cloud SQL


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"databaseVersion": "POSTGRES_99"}, "databaseVersion: expected one of"),
        ({"region": "mars-west1"}, "region: .*Unknown region"),
        ({"settings": {"edition": "ENTERPRISE"}}, "settings.tier: missing required property"),
        ({"settings": {"tier": "db-custom-3-4096", "edition": "ENTERPRISE"}}, "settings.tier: .*number of CPUs"),
        ({"settings": {"tier": "db-custom-2-4000", "edition": "ENTERPRISE"}}, "settings.tier: .*multiple of 256"),
        ({"settings": {"tier": "large"}}, "settings.tier: .*Invalid Tier"),
        ({"settings": {"tier": "db-custom-2-4096"}}, r"settings.tier: .*for \(ENTERPRISE_PLUS\) Edition"),
        ({"settings": SETTINGS | {"databaseFlags": [{"name": "wal_level", "value": "logical"}]}}, "databaseFlags.*not supported"),
        ({"settings": SETTINGS | {"databaseFlags": [{"name": "cloudsql.logical_decoding", "value": "yes"}]}}, "is on or off"),
        (
            {"settings": SETTINGS | {"ipConfiguration": {"authorizedNetworks": [{"value": "10.0.0.1"}]}}},
            "Non-routable or private authorized network",
        ),
        ({"settings": SETTINGS | {"ipConfiguration": {"ipv4Enabled": False}}}, "At least one of public IP"),
        ({"settings": SETTINGS | {"availabilityType": "REGIONAL"}}, "highly available instance needs backups"),
        ({"settings": SETTINGS | {"backupConfiguration": {"pointInTimeRecoveryEnabled": True}}}, "needs automated backups"),
        ({"settings": SETTINGS | {"backupConfiguration": {"enabled": True, "startTime": "25:00"}}}, "startTime: expected a time"),
        ({"settings": SETTINGS | {"maintenanceWindow": {"day": 8}}}, "settings.maintenanceWindow.day: "),
        ({"settings": SETTINGS | {"userLabels": {"Stack": "dev"}}}, "settings.userLabels: "),
        (
            {
                "databaseVersion": "MYSQL_8_0",
                "settings": SETTINGS | {"backupConfiguration": {"enabled": True, "pointInTimeRecoveryEnabled": True}},
            },
            "only available for Postgres.*refused by the provider",
        ),
    ],
)
def test_instances_that_are_refused(google: Google, changes: Values, message: str) -> None:
    given: Values = {"databaseVersion": "POSTGRES_16", "region": REGION, "settings": SETTINGS}
    failures = google.check(INSTANCE, **(given | changes))
    assert any(re.search(message, failure) for failure in failures), failures


def test_an_instance_has_addresses_to_be_reached_at_and_to_come_from(google: Google) -> None:
    instance = google.sql(name="db")
    kinds = {address["type"]: address["ipAddress"] for address in instance.outputs["ipAddresses"]}
    assert set(kinds) == {"PRIMARY", "OUTGOING"} and len(set(kinds.values())) == 2
    assert instance.outputs["publicIpAddress"] == instance.outputs["firstIpAddress"] == kinds["PRIMARY"]
    assert instance.outputs["connectionName"] == f"shop-prod:{REGION}:db"
    changed = google.update(INSTANCE, instance, settings=SETTINGS | {"tier": "db-custom-4-16384"})
    assert changed.outputs["ipAddresses"] == instance.outputs["ipAddresses"]
    assert changed.outputs["settings"]["version"] == instance.outputs["settings"]["version"] + 1


def test_settings_are_filled_in(google: Google) -> None:
    settings = google.sql().outputs["settings"]
    assert (settings["diskType"], settings["availabilityType"], settings["activationPolicy"]) == ("PD_SSD", "ZONAL", "ALWAYS")
    assert settings["ipConfiguration"]["ipv4Enabled"] is True


def test_a_deleted_instances_name_stays_taken(google: Google) -> None:
    google.delete(INSTANCE, google.sql(name="db"))
    with pytest.raises(Refused, match="can't reuse the name of the deleted instance until one week"):
        google.sql(name="db")


def test_a_protected_instance_is_not_deleted(google: Google) -> None:
    """First the provider says no, then the API."""
    instance = google.sql(deletionProtection=True, settings=SETTINGS | {"deletionProtectionEnabled": True})
    with pytest.raises(Refused, match="deletion_protection is set to true"):
        google.delete(INSTANCE, instance)
    instance = google.update(INSTANCE, instance, deletionProtection=False)
    with pytest.raises(Refused, match="The instance is protected"):
        google.delete(INSTANCE, instance)
    google.delete(INSTANCE, google.update(INSTANCE, instance, settings=SETTINGS))


def test_an_instance_takes_its_databases_and_users_with_it(google: Google) -> None:
    instance = google.sql(name="db")
    database = google.make(DATABASE, instance="db", name="shop")
    user = google.make(USER, instance="db", name="app", password="secret")
    assert database.id == "projects/shop-prod/instances/db/databases/shop"
    assert user.id == "app//db"
    with pytest.raises(Refused, match="already exists"):
        google.make(DATABASE, instance="db", name="shop")
    with pytest.raises(Refused, match="User 'app' already exists"):
        google.make(USER, instance="db", name="app", password="secret")
    google.delete(INSTANCE, instance)


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"region": "europe-west1"}, True),
        ({"settings": SETTINGS | {"tier": "db-custom-4-16384"}}, False),
        ({"settings": SETTINGS | {"diskSize": 10}}, False),
        ({"settings": SETTINGS | {"diskSize": 10, "diskAutoresize": False}}, True),
        ({"settings": SETTINGS | {"availabilityType": "REGIONAL"}}, False),
        ({"databaseVersion": "POSTGRES_17"}, False),
    ],
)
def test_only_what_google_says_replaces_a_database(google: Google, change: Values, replaces: bool) -> None:
    old: Values = {"databaseVersion": "POSTGRES_16", "region": REGION, "settings": SETTINGS | {"diskSize": 20}}
    assert google.diff(INSTANCE, old, old | change) == (True, replaces)


# The provider's configuration and look-ups


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({}, "project: required field is not set; give the provider a `project`"),
        ({"project": "Shop"}, "Invalid project id 'Shop'"),
        ({"project": "shop-prod", "region": "mars"}, "projects/shop-prod/regions/mars' was not found"),
    ],
)
def test_configurations_that_are_refused(configuration: dict[str, str], message: str) -> None:
    with pytest.raises(Refused, match=message):
        CLOUD.scope(configuration)


def test_an_image_is_found_by_family(google: Google) -> None:
    found = google.ask("gcp:compute/getImage:getImage", project="debian-cloud", family="debian-12")
    assert found["selfLink"].endswith("projects/debian-cloud/global/images/debian-12-bookworm-v20260811")
    with pytest.raises(Refused, match="debian-99' was not found"):
        google.ask("gcp:compute/getImage:getImage", project="debian-cloud", family="debian-99")


def test_zones_are_those_of_the_region(google: Google) -> None:
    assert google.ask("gcp:compute/getZones:getZones", region="us-east1")["names"] == ["us-east1-b", "us-east1-c", "us-east1-d"]
    assert google.ask("gcp:compute/getZones:getZones")["names"][0] == "europe-west3-a"


def test_the_project_is_known(google: Google) -> None:
    assert google.ask("gcp:organizations/getClientConfig:getClientConfig")["project"] == "shop-prod"
    assert google.ask("gcp:organizations/getProject:getProject")["projectId"] == "shop-prod"


def test_existing_networks_are_found(google: Google) -> None:
    network = google.make(NETWORK, name="main", autoCreateSubnetworks=False)
    assert google.ask("gcp:compute/getNetwork:getNetwork", name="main")["selfLink"] == network.outputs["selfLink"]
    with pytest.raises(Refused, match="'gone' was not found"):
        google.ask("gcp:compute/getNetwork:getNetwork", name="gone")


def test_other_look_ups_are_refused_with_those_there_are(google: Google) -> None:
    with pytest.raises(Refused, match=r"the sandbox has no answer to the look-up gcp:compute/getRoute.*; it answers gcp:"):
        google.ask("gcp:compute/getRoute:getRoute", name="x")


def search(google: Google, query: str, **arguments: Any) -> list[str]:
    found = google.ask("gcp:cloudasset/getSearchAllResources:getSearchAllResources", scope="projects/shop-prod", query=query, **arguments)
    return [asset["displayName"] for asset in found["results"]]


def test_what_a_stack_made_is_found_by_its_labels_and_descriptions(google: Google) -> None:
    google.make(NETWORK, name="ours", description="project=multicloud stack=dev component=web managed-by=pulumi")
    google.make(NETWORK, name="theirs", description="project=multicloud stack=dev-2 component=web managed-by=pulumi")
    google.make(ADDRESS, name="our-address", labels={"stack": "dev", "project": "multicloud"})
    google.make(ADDRESS, name="their-address", labels={"stack": "prod", "project": "multicloud"})
    google.sql(name="our-db", settings=SETTINGS | {"userLabels": {"stack": "dev"}})
    assert search(google, "labels.stack=dev") == ["our-address", "our-db"]
    assert search(google, "labels.stack:dev AND labels.project:multicloud") == ["our-address"]
    assert search(google, 'description:"stack=dev component=web"') == ["ours"]
    assert search(google, "name:their*", assetTypes=["compute.googleapis.com/Network"]) == ["theirs"]
    assert search(google, "") == ["ours", "theirs", "our-address", "their-address", "our-db"]


def test_a_search_beyond_the_project_or_the_language_is_refused(google: Google) -> None:
    with pytest.raises(Refused, match="does not have permission"):
        google.ask("gcp:cloudasset/getSearchAllResources:getSearchAllResources", scope="organizations/1")
    with pytest.raises(Refused, match="the sandbox understands terms like"):
        search(google, "NOT labels.stack:dev")


def test_a_type_without_rules_gets_plausible_outputs(google: Google) -> None:
    topic = google.make("gcp:pubsub/topic:Topic", name="events", labels={"a": "b"})
    assert topic.id and topic.outputs["effectiveLabels"]["goog-pulumi-provisioned"] == "true"
