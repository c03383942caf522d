"""Resources live as they would in a cloud: made, changed, read, in use, gone."""

from collections.abc import Sequence
from typing import Any

import pytest

from sandbox import check
from sandbox.lifecycle import Lifecycle
from sandbox.rules import UNKNOWN, Cloud, Making, Reference, Refused, Scope, Type, Unique, Values
from sandbox.store import Store
from tests.sandbox.stand_in import BALANCER, CERTIFICATE, CLOUD, CLUSTER, DROPLET, GET_REGION, TAG, VPC

NET: Values = {"region": "fra1", "name": "net"}
WEB: Values = {"image": "i", "size": "s", "region": "fra1", "name": "web"}


def test_a_new_resource_has_an_id_its_inputs_and_its_outputs(life: Lifecycle) -> None:
    made = life.create(VPC, "net", NET, set())
    assert made.id == "vpc-0"
    assert made.outputs["name"] == "net" and made.outputs["ipRange"] == "10.0.0.0/16" and made.outputs["vpcUrn"] == "do:vpc:vpc-0"
    assert made.outputs["default"] is False  # an output that always has a value, of which nothing else is known
    assert life.create(VPC, "net2", {**NET, "name": "net2"}, set()).outputs["ipRange"] == "10.1.0.0/16"


def test_a_type_without_rules_gets_every_output_that_always_has_a_value(life: Lifecycle) -> None:
    made = life.create(CLUSTER, "db", {"engine": "pg", "nodeCount": 1, "region": "fra1", "size": "s"}, set())
    always = [name for name, prop in life.sdk.resource(CLUSTER).outputs.items() if prop.required]
    assert set(always) <= set(made.outputs)
    assert isinstance(made.outputs["port"], int) and isinstance(made.outputs["host"], str)


def test_defaults_show_in_the_outputs_and_not_in_the_inputs(life: Lifecycle) -> None:
    made = life.create(DROPLET, "web", {**WEB, "backupPolicy": {"plan": "daily"}}, set())
    assert made.outputs["monitoring"] is False and made.outputs["backupPolicy"] == {"plan": "daily", "hour": 4}
    assert "monitoring" not in made.inputs and made.inputs["backupPolicy"] == {"plan": "daily"}


def test_what_is_read_is_what_was_made(life: Lifecycle) -> None:
    made = life.create(VPC, "net", NET, {("description",)})
    assert life.read(VPC, "net", made.id) == made
    assert life.read(VPC, "net", "vpc-99") is None


def test_an_update_keeps_what_it_does_not_change(life: Lifecycle) -> None:
    made = life.create(DROPLET, "web", {**WEB, "monitoring": True, "ipv6": True}, set())
    changed = life.update(DROPLET, "web", made.id, {**WEB, "size": "m"}, set())
    assert changed.outputs["ipv4Address"] == made.outputs["ipv4Address"]
    assert changed.outputs["createdAt"] == made.outputs["createdAt"]
    assert changed.outputs["size"] == "m"
    assert changed.outputs["monitoring"] is False and "ipv6" not in changed.outputs
    assert life.read(DROPLET, "web", made.id) == changed


def test_an_update_keeps_what_the_cloud_keeps(life: Lifecycle) -> None:
    made = life.create(VPC, "net", {**NET, "ipRange": "10.9.0.0/16"}, set())
    assert life.update(VPC, "net", made.id, NET, set()).outputs["ipRange"] == "10.9.0.0/16"


def test_an_update_of_what_is_gone_is_refused(life: Lifecycle) -> None:
    with pytest.raises(Refused, match="vpc-7 was not found"):
        life.update(VPC, "net", "vpc-7", NET, set())


def test_a_deleted_resource_is_gone_and_may_be_deleted_again(life: Lifecycle) -> None:
    made = life.create(VPC, "net", NET, set())
    life.delete(VPC, "net", made.id)
    assert life.read(VPC, "net", made.id) is None
    life.delete(VPC, "net", made.id)


# --- names and references ----------------------------------------------------------------------------------------------------


def test_a_taken_name_is_refused_until_it_is_free(life: Lifecycle) -> None:
    first = life.create(VPC, "a", NET, set())
    with pytest.raises(Refused, match="a VPC named net already exists"):
        life.create(VPC, "b", NET, set())
    life.delete(VPC, "a", first.id)
    life.create(VPC, "b", NET, set())


def test_a_name_may_be_kept_changed_and_taken_over_by_updates(life: Lifecycle) -> None:
    first = life.create(VPC, "a", NET, set())
    second = life.create(VPC, "b", {**NET, "name": "other"}, set())
    life.update(VPC, "a", first.id, {**NET, "description": "same name"}, set())
    with pytest.raises(Refused, match="already exists"):
        life.update(VPC, "b", second.id, NET, set())
    life.update(VPC, "a", first.id, {**NET, "name": "moved"}, set())
    life.update(VPC, "b", second.id, NET, set())


@pytest.mark.parametrize(
    ("within", "other", "refused"),
    [
        ("global", Scope(cloud="digitalocean", account="other", region="r2"), True),
        ("account", Scope(cloud="digitalocean", account="other", region="r1"), False),
        ("account", Scope(cloud="digitalocean", account="team", region="r2"), True),
        ("region", Scope(cloud="digitalocean", account="team", region="r2"), False),
        ("region", Scope(cloud="digitalocean", account="team", region="r1"), True),
    ],
)
def test_a_name_is_unique_within_its_scope(store: Store, within: Any, other: Scope, refused: bool) -> None:
    cloud = Cloud(**{**vars(CLOUD), "types": {TAG: Type(token=TAG, unique=(Unique(paths=("name",), within=within),))}})
    Lifecycle(cloud, store, Scope(cloud="digitalocean", account="team", region="r1")).create(TAG, "a", {"name": "n"}, set())
    again = Lifecycle(cloud, store, other)
    if refused:
        with pytest.raises(Refused, match="n already exists"):
            again.create(TAG, "b", {"name": "n"}, set())
    else:
        again.create(TAG, "b", {"name": "n"}, set())


def test_an_id_that_exists_is_refused(store: Store) -> None:
    cloud = Cloud(**{**vars(CLOUD), "types": {TAG: Type(token=TAG, id=lambda making: str(making.get("name")))}})
    life = Lifecycle(cloud, store)
    life.create(TAG, "a", {"name": "n"}, set())
    with pytest.raises(Refused, match="Tag n already exists"):
        life.create(TAG, "b", {"name": "n"}, set())


def test_what_refers_to_nothing_is_refused_with_the_path(life: Lifecycle) -> None:
    with pytest.raises(Refused, match="VPC vpc-9 does not exist") as refusal:
        life.create(DROPLET, "web", {**WEB, "vpcUuid": "vpc-9"}, set())
    assert refusal.value.property == "vpcUuid"
    with pytest.raises(Refused) as refusal:
        life.create(BALANCER, "lb", {"dropletIds": [5]}, set())
    assert refusal.value.property == "dropletIds[0]"


def test_what_is_in_use_cannot_be_deleted_until_it_is_not(life: Lifecycle) -> None:
    net = life.create(VPC, "net", NET, set())
    web = life.create(DROPLET, "web", {**WEB, "vpcUuid": net.id}, set())
    with pytest.raises(Refused, match="Can not delete VPC vpc-0 with members such as droplet-0"):
        life.delete(VPC, "net", net.id)
    life.update(DROPLET, "web", web.id, WEB, set())
    life.delete(VPC, "net", net.id)


def test_what_used_something_and_is_gone_uses_it_no_more(life: Lifecycle) -> None:
    net = life.create(VPC, "net", NET, set())
    web = life.create(DROPLET, "web", {**WEB, "vpcUuid": net.id}, set())
    life.delete(DROPLET, "web", web.id)
    life.delete(VPC, "net", net.id)


def test_a_reference_that_was_there_before_is_not_checked_again(life: Lifecycle, store: Store) -> None:
    net = life.create(VPC, "net", NET, set())
    web = life.create(DROPLET, "web", {**WEB, "vpcUuid": net.id}, set())
    with store.transaction() as transaction:
        transaction.remove(transaction.select(id=net.id)[0].number)
    life.update(DROPLET, "web", web.id, {**WEB, "vpcUuid": net.id, "size": "m"}, set())


def test_a_reference_may_name_its_target_by_one_of_several_outputs_or_need_not_exist(store: Store) -> None:
    references = (
        Reference(path="name", to=(VPC,), by=("vpcUrn", "name")),
        Reference(path="description", to=(VPC,), must_exist=False, holds=False),
    )
    cloud = Cloud(**{**vars(CLOUD), "types": {VPC: CLOUD.types[VPC], CERTIFICATE: Type(token=CERTIFICATE, references=references)}})
    life = Lifecycle(cloud, store)
    net = life.create(VPC, "net", NET, set())
    life.create(CERTIFICATE, "a", {"name": "net", "description": "nothing"}, set())
    life.create(CERTIFICATE, "b", {"name": "do:vpc:vpc-0"}, set())
    with pytest.raises(Refused, match="vpc-0 is in use by certificate-0"):
        life.delete(VPC, "net", net.id)


def test_a_refused_create_leaves_nothing_behind(life: Lifecycle, store: Store) -> None:
    def refuse(making: Making) -> None:
        making.world.number("spent")
        raise Refused("no")

    late = Type(token=TAG, unique=(Unique(paths=("name",)),), outputs=lambda making: refuse(making) or {})
    broken = Lifecycle(Cloud(**{**vars(CLOUD), "types": {TAG: late}}), store)
    with pytest.raises(Refused):
        broken.create(TAG, "a", {"name": "n"}, set())
    with store.transaction() as transaction:
        assert transaction.select() == [] and transaction.journal() == [] and transaction.number("digitalocean:spent") == 0


def test_rules_before_a_deletion_are_asked(life: Lifecycle) -> None:
    web = life.create(DROPLET, "web", {**WEB, "tags": ["protected"]}, set())
    with pytest.raises(Refused, match="protected"):
        life.delete(DROPLET, "web", web.id)


# --- regions -------------------------------------------------------------------------------------------------------------------


def test_in_a_regional_cloud_ids_belong_to_a_region_and_a_resource_may_name_its_own(store: Store) -> None:
    cloud = Cloud(**{**vars(CLOUD), "regional": True, "types": {VPC: Type(token=VPC, id=lambda making: str(making.get("name")))}})
    here = Lifecycle(cloud, store, Scope(cloud="digitalocean", account="team", region="nyc3"))
    here.create(VPC, "a", {"name": "net", "region": "nyc3"}, set())
    here.create(VPC, "b", {"name": "net", "region": "fra1"}, set())
    there = here.read(VPC, "b", "net", {"region": "fra1"})
    assert there is not None and there.outputs["region"] == "fra1"
    here.delete(VPC, "b", "net", {"region": "fra1"})
    assert here.read(VPC, "a", "net") is not None


def test_what_has_no_region_is_the_same_for_the_providers_of_all_regions(store: Store) -> None:
    """Like a role on AWS: the provider of another region finds it and deletes it."""
    cloud = Cloud(**{**vars(CLOUD), "regional": True})
    here, there = (Lifecycle(cloud, store, Scope(cloud="digitalocean", account="team", region=region)) for region in ("nyc3", "fra1"))
    made = here.create(TAG, "a", {"name": "web"}, set())
    assert there.read(TAG, "a", made.id) is not None
    there.delete(TAG, "a", made.id)
    assert here.read(TAG, "a", made.id) is None


def test_a_name_means_the_thing_of_its_own_region_and_holds_no_other(store: Store) -> None:
    named = Type(token=VPC, id=lambda making: str(making.get("name")))
    member = Type(token=DROPLET, references=(Reference(path="vpcUuid", to=(VPC,)),))
    cloud = Cloud(**{**vars(CLOUD), "regional": True, "types": {VPC: named, DROPLET: member}})
    life = Lifecycle(cloud, store, Scope(cloud="digitalocean", account="team", region="nyc3"))
    for region in ("nyc3", "fra1"):
        life.create(VPC, region, {"name": "net", "region": region}, set())
    life.create(DROPLET, "web", {**WEB, "vpcUuid": "net"}, set())
    life.delete(VPC, "nyc3", "net", {"region": "nyc3"})
    with pytest.raises(Refused, match="net is in use by"):
        life.delete(VPC, "fra1", "net", {"region": "fra1"})


# --- previews ------------------------------------------------------------------------------------------------------------------


def test_a_preview_of_a_create_knows_the_inputs_and_the_defaults_alone(life: Lifecycle, store: Store) -> None:
    plan = life.plan(DROPLET, "web", {**WEB, "vpcUuid": UNKNOWN}, {("userData",)})
    assert plan.outputs["size"] == "s" and plan.outputs["monitoring"] is False
    assert plan.outputs["ipv4Address"] is UNKNOWN and plan.outputs["vpcUuid"] is UNKNOWN
    assert not store.path.exists()


def test_a_preview_of_an_update_knows_what_stays(life: Lifecycle) -> None:
    made = life.create(DROPLET, "web", WEB, set())
    plan = life.plan(DROPLET, "web", {**WEB, "size": "m"}, set(), made.id, made)
    assert plan.outputs["ipv4Address"] == made.outputs["ipv4Address"] and plan.outputs["size"] == "m"
    assert plan.outputs["status"] is UNKNOWN


def test_outputs_that_follow_the_inputs_are_made_anew(store: Store) -> None:
    def outputs(making: Making, names: Sequence[str]) -> Values:
        return {"dropletUrn": ",".join(making.get("tags", [])), "createdAt": making.now.isoformat()}

    cloud = Cloud(**{**vars(CLOUD), "types": {}, "default_outputs": outputs, "derived": frozenset({"dropletUrn"})})
    life = Lifecycle(cloud, store)
    made = life.create(DROPLET, "web", {**WEB, "tags": ["a"]}, set())
    assert life.plan(DROPLET, "web", {**WEB, "tags": ["b"]}, set(), made.id, made).outputs["dropletUrn"] == "b"
    assert life.plan(DROPLET, "web", {**WEB, "tags": UNKNOWN}, set(), made.id, made).outputs["dropletUrn"] is UNKNOWN
    changed = life.update(DROPLET, "web", made.id, {**WEB, "tags": ["b"]}, set())
    assert changed.outputs["dropletUrn"] == "b" and changed.outputs["createdAt"] == made.outputs["createdAt"]


# --- secrets -------------------------------------------------------------------------------------------------------------------


def test_secret_are_the_inputs_that_were_and_what_gives_them_back_and_what_sdk_and_rules_say(life: Lifecycle) -> None:
    inputs = {"name": "c", "privateKey": "hush", "leafCertificate": "pem", "type": "custom"}
    made = life.create(CERTIFICATE, "c", inputs, {("name",)})
    assert {("name",), ("privateKey",), ("leafCertificate",)} <= made.secrets
    found = life.read(CERTIFICATE, "c", made.id)
    assert found is not None and found.secrets == made.secrets


def test_what_was_secret_stays_secret_while_it_is_the_same(life: Lifecycle) -> None:
    made = life.create(VPC, "net", {**NET, "ipRange": "10.9.0.0/16"}, {("ipRange",)})
    assert ("ipRange",) in life.update(VPC, "net", made.id, NET, set()).secrets
    assert ("ipRange",) not in life.update(VPC, "net", made.id, {**NET, "ipRange": "10.8.0.0/16"}, set()).secrets


def test_a_write_only_input_is_never_given_back(store: Store) -> None:
    token = "aws:rds/instance:Instance"
    aws = Cloud(**{**vars(CLOUD), "name": "aws", "sdk": "pulumi_aws", "types": {}})
    inputs = {"instanceClass": "db.t3.micro", "passwordWo": "hush", "passwordWoVersion": 1}
    assert "passwordWo" not in Lifecycle(aws, store).create(token, "db", inputs, set()).outputs


# --- look-ups --------------------------------------------------------------------------------------------------------------------


def test_a_lookup_answers_with_its_arguments_and_an_id(life: Lifecycle) -> None:
    values, failures = life.invoke(GET_REGION, {"slug": "fra1"}, set())
    assert failures == [] and values["name"] == "Frankfurt 1" and values["slug"] == "fra1" and values["id"]


def test_a_lookup_refuses_wrong_arguments_and_what_it_does_not_find(life: Lifecycle) -> None:
    _, failures = life.invoke(GET_REGION, {"slgu": "fra1"}, set())
    assert {failure.property for failure in failures} == {"slgu", "slug"}
    with pytest.raises(Refused, match="no such region"):
        life.invoke(GET_REGION, {"slug": "moon1"}, set())


def test_a_lookup_that_the_sandbox_lacks_is_refused_with_those_it_has(life: Lifecycle) -> None:
    with pytest.raises(Refused, match=r"no answer to the look-up digitalocean:index/getDroplet:getDroplet; it answers .*getRegion"):
        life.invoke("digitalocean:index/getDroplet:getDroplet", {}, set())


def test_the_bookkeeping_is_not_stored(life: Lifecycle) -> None:
    made = life.create(VPC, "net", {**NET, check.DEFAULTS: ["name"]}, set())
    found = life.read(VPC, "net", made.id)
    assert found is not None and check.DEFAULTS not in {**found.inputs, **found.outputs}
