"""What counts as an orphan, and whose it is."""

from typing import Any

from tools.orphans.matching import Recorded, Thing, orphans
from tools.orphans.report import report

VPC = "aws:ec2/vpc:Vpc"
ROUTE = "aws:ec2/route:Route"
TAGS = {"project": "multicloud", "stack": "dev", "component": "aws-network"}


def thing(type_: str = VPC, id_: str = "vpc-1", name: str = "aws-network-vpc", **inputs: Any) -> Thing:
    return Thing(type=type_, id=id_, name=name, inputs=inputs)


def recorded(type_: str, id_: str, name: str, stack: str = "dev", **outputs: Any) -> Recorded:
    return Recorded(stack=stack, urn=f"urn:pulumi:{stack}::multicloud::{type_}::{name}", type=type_, id=id_, outputs=outputs)


def test_what_a_stack_records_is_no_orphan() -> None:
    """By type and id, by ARN, and by the name that Google's asset search gives."""
    known = [
        recorded(VPC, "vpc-1", "aws-network-vpc", arn="arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1"),
        recorded(
            "gcp:sql/databaseInstance:DatabaseInstance",
            "db",
            "db",
            selfLink="https://sqladmin.googleapis.com/sql/v1beta4/projects/p/instances/db",
        ),
    ]
    things = [thing(), thing("aws", "arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1", ""), thing("gcp", "projects/p/instances/db", "")]
    assert orphans(things, known, "multicloud") == []


def test_the_same_id_of_another_type_is_another_thing() -> None:
    """A record of one type does not hide a thing of another type that happens to have its id, unless the type is unknown."""
    known = [recorded(ROUTE, "r-1", "route")]
    assert [orphan.thing.id for orphan in orphans([thing(VPC, "vpc-1")], known, "multicloud")] == ["vpc-1"]


def test_tags_say_whose_it_is_in_the_form_of_every_cloud() -> None:
    """Tags, labels, flat tags, descriptions and comments all name the stack."""
    forms: list[dict[str, Any]] = [
        {"tags": TAGS},
        {"labels": TAGS},
        {"tags": ["project:multicloud", "stack:dev", "component:aws-network"]},
        {"description": "project=multicloud stack=dev component=aws-network"},
        {"comment": "project=multicloud stack=dev component=aws-network"},
        {"settings": {"userLabels": TAGS}},
    ]
    found = orphans([thing(id_=f"vpc-{i}", **form) for i, form in enumerate(forms)], [], "multicloud")
    assert [(orphan.stack, orphan.why) for orphan in found] == [("dev", "by its tags")] * len(forms)


def test_another_projects_things_are_left_alone() -> None:
    """An account is shared: what is tagged as another project's is not mentioned."""
    assert orphans([thing(tags={**TAGS, "project": "other"})], [], "multicloud") == []


def test_what_has_no_tags_belongs_where_it_refers_to() -> None:
    """Also through another orphan."""
    known = [recorded("aws:ec2/routeTable:RouteTable", "rtb-1", "aws-network-routes")]
    to_recorded = thing(ROUTE, "r-1", "aws-network-route", routeTableId="rtb-1")
    to_orphan = thing("aws:ec2/subnet:Subnet", "subnet-1", "aws-network-subnet", vpcId="vpc-1")
    found = orphans([to_recorded, to_orphan, thing(tags=TAGS)], known, "multicloud")
    assert [orphan.stack for orphan in found] == ["dev", "dev", "dev"]


def test_nothing_is_guessed() -> None:
    """What nothing connects to a stack is listed without one."""
    (found,) = orphans([thing(ROUTE, "r-9", "elsewhere")], [recorded(VPC, "vpc-1", "aws-network-vpc")], "multicloud")
    assert found.stack is None


def test_the_report_proposes_an_import_under_the_component_and_a_deletion() -> None:
    """The commands name the parent and the provider, so that the import lands where the program expects it."""
    known = [
        recorded("multicloud:index:AwsNetwork", "", "aws-network"),
        recorded("pulumi:providers:aws", "p-1", "aws-us-east-1", region="us-east-1"),
        recorded("pulumi:providers:aws", "p-2", "aws-eu-central-1", region="eu-central-1"),
    ]
    text = report(orphans([thing(tags=TAGS, region="eu-central-1")], known, "multicloud"), "dev", sandboxed=True)
    assert (
        "to keep it:    pulumi import aws:ec2/vpc:Vpc aws-network-vpc vpc-1 --stack dev"
        " --parent parent=urn:pulumi:dev::multicloud::multicloud:index:AwsNetwork::aws-network"
        " --provider provider=urn:pulumi:dev::multicloud::pulumi:providers:aws::aws-eu-central-1 --protect=false --generate-code=false"
    ) in text
    assert "to delete it:  python -m sandbox delete aws:ec2/vpc:Vpc/vpc-1" in text
    assert "1 orphan:" in text


def test_what_the_stack_has_made_anew_is_not_to_be_imported() -> None:
    """Two resources cannot have one URN: the second one can only be deleted."""
    known = [recorded(VPC, "vpc-2", "aws-network-vpc")]
    text = report(orphans([thing(tags=TAGS)], known, "multicloud"), "dev", sandboxed=True)
    assert "to keep it" not in text and "the stack has another in its place" in text


def test_orphans_of_other_stacks_are_only_pointed_at() -> None:
    """Each stack is tidied by those who know it."""
    text = report(orphans([thing(tags={**TAGS, "stack": "staging"})], [], "multicloud"), "dev", sandboxed=True)
    assert text.startswith("no orphans") and "make orphans STACK=staging" in text
