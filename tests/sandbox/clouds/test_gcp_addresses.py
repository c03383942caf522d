"""The stand-in for Google Cloud: a reserved address has one machine at a time."""

import pytest

from sandbox.lifecycle import State
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.gcp import MACHINE, REGION, RESERVED, TEMPLATE, ZONAL_GROUP, Google

RECREATE: Values = {
    "type": "PROACTIVE",
    "minimalAction": "REPLACE",
    "replacementMethod": "RECREATE",
    "maxSurgeFixed": 0,
    "maxUnavailableFixed": 1,
}
TAKEN = "IP_IN_USE_BY_ANOTHER_RESOURCE - External IP address: '.*' is already being used by"


def at(google: Google, address: State, **inputs: str) -> State:
    """A template whose machine has an address."""
    interface = {"network": google.home.id, "accessConfigs": [{"natIp": address.outputs["address"]}]}
    return google.template(networkInterfaces=[interface], **inputs)


def test_a_group_of_one_may_have_a_reserved_address_and_keeps_it_when_it_recreates(google: Google) -> None:
    address = google.make(RESERVED, region=REGION)
    group = google.group_of_one(at(google, address), updatePolicy=RECREATE)
    assert group.id == f"projects/shop-prod/zones/{REGION}-a/instanceGroupManagers/{group.outputs['name']}"
    new = at(google, address, machineType="e2-medium")
    google.update(ZONAL_GROUP, group, versions=[{"instanceTemplate": new.outputs["selfLink"]}])


def test_an_address_is_not_given_to_a_second_group(google: Google) -> None:
    address = google.make(RESERVED, region=REGION)
    google.group_of_one(at(google, address), updatePolicy=RECREATE)
    with pytest.raises(Refused, match=TAKEN):
        google.group_of_one(at(google, address), updatePolicy=RECREATE)
    with pytest.raises(Refused, match=TAKEN):
        google.group(at(google, address))


def test_an_address_is_not_given_to_two_machines_of_a_group(google: Google) -> None:
    with pytest.raises(Refused, match=TAKEN):
        google.group_of_one(at(google, google.make(RESERVED, region=REGION)), targetSize=2)


@pytest.mark.parametrize("policy", [None, {**RECREATE, "replacementMethod": "SUBSTITUTE", "maxSurgeFixed": 1}])
def test_a_new_machine_does_not_come_before_the_one_with_its_address_goes(google: Google, policy: Values | None) -> None:
    address = google.make(RESERVED, region=REGION)
    group = google.group_of_one(at(google, address), **({"updatePolicy": policy} if policy else {}))
    new = at(google, address, machineType="e2-medium")
    with pytest.raises(Refused, match=TAKEN):
        google.update(ZONAL_GROUP, group, versions=[{"instanceTemplate": new.outputs["selfLink"]}])


def test_a_machine_of_its_own_holds_its_address_too(google: Google) -> None:
    address = google.make(RESERVED, region=REGION)
    interface = {"network": google.network().id, "accessConfigs": [{"natIp": address.outputs["address"]}]}
    given = {"zone": f"{REGION}-a", "machineType": "e2-small", "bootDisk": {"initializeParams": {"image": "debian-cloud/debian-12"}}}
    google.make(MACHINE, networkInterfaces=[interface], **given)
    with pytest.raises(Refused, match=TAKEN):
        google.make(MACHINE, networkInterfaces=[interface], **given)


def test_an_address_in_use_is_not_given_back(google: Google) -> None:
    address = google.make(RESERVED, region=REGION)
    template = at(google, address)
    group = google.group_of_one(template, updatePolicy=RECREATE)
    with pytest.raises(Refused, match=r"The address resource '.*' is already being used by '.*/instanceGroupManagers/"):
        google.delete(RESERVED, address)
    google.delete(ZONAL_GROUP, group)
    google.delete(RESERVED, address)
    google.delete(TEMPLATE, template)


def test_an_address_that_nobody_reserved_is_refused(google: Google) -> None:
    interface = {"network": google.network().id, "accessConfigs": [{"natIp": "203.0.113.9"}]}
    with pytest.raises(Refused, match="The specified external IP address was not found"):
        google.group_of_one(google.template(networkInterfaces=[interface]))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"zone": "europe-west3-z"}, "zone: .*Unknown zone"),
        ({"updatePolicy": {**RECREATE, "maxSurgeFixed": 1}}, "maxSurge must be 0 when the replacement method is RECREATE"),
        ({"updatePolicy": {**RECREATE, "maxUnavailableFixed": 0}}, "maxSurge and maxUnavailable cannot both be 0"),
        ({"baseInstanceName": "Web"}, "baseInstanceName: .*lower-case"),
    ],
)
def test_zonal_groups_that_are_refused(google: Google, inputs: Values, message: str) -> None:
    google.refuses(
        ZONAL_GROUP, {"zone": f"{REGION}-a", "baseInstanceName": "web", "versions": [{"instanceTemplate": "t"}]} | inputs, message
    )


def test_a_zonal_group_takes_templates_of_its_own_region_alone(google: Google) -> None:
    template = google.template(region="europe-west1", networkInterfaces=[{"network": google.network().id}])
    with pytest.raises(Refused, match="template's region does not match the group's, europe-west3"):
        google.group_of_one(template)


def test_a_zonal_groups_new_template_is_an_update_and_its_zone_a_replacement(google: Google) -> None:
    inputs: Values = {"baseInstanceName": "web", "versions": [{"instanceTemplate": "a"}], "zone": "europe-west3-a"}
    assert google.diff(ZONAL_GROUP, inputs, inputs | {"versions": [{"instanceTemplate": "b"}]}) == (True, False)
    assert google.diff(ZONAL_GROUP, inputs, inputs | {"zone": "europe-west3-b"}) == (True, True)
