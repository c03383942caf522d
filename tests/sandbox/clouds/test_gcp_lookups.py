"""The stand-in for Google Cloud: what look-ups find, and how a stack's resources are searched for."""

from typing import Any

import pytest

from sandbox.rules import Refused
from tests.sandbox.clouds.gcp import ADDRESS, NETWORK, SETTINGS, Google


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
