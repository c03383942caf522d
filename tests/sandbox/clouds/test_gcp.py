"""The stand-in for Google Cloud says what Google says of every type: ids, links, labels, and no where Google says no."""

import pytest

from sandbox.clouds.gcp import CLOUD
from sandbox.rules import UNKNOWN, Refused
from tests.sandbox.clouds.gcp import (
    ADDRESS,
    BACKEND,
    CHECK,
    FIREWALL,
    GRANT,
    GROUP,
    INSTANCE,
    NAT,
    NETWORK,
    POLICY,
    PROXY,
    REGION,
    ROUTER,
    RULE,
    SETTINGS,
    SUBNETWORK,
    TEMPLATE,
    URL_MAP,
    Google,
)


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


def test_a_type_without_rules_gets_plausible_outputs(google: Google) -> None:
    topic = google.make("gcp:pubsub/topic:Topic", name="events", labels={"a": "b"})
    assert topic.id and topic.outputs["effectiveLabels"]["goog-pulumi-provisioned"] == "true"
