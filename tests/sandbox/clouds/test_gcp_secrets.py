"""The stand-in for Google Cloud: secrets, and who may read them."""

import pytest

from sandbox.rules import Refused
from sandbox.store import Store
from tests.sandbox.clouds.gcp import ACCOUNT, READER, SECRET, SECRET_VERSION, Google

ROLE = "roles/secretmanager.secretAccessor"


def member(google: Google) -> str:
    return str(google.make(ACCOUNT, accountId="web-machines").outputs["member"])


def test_a_secrets_name_is_made_up_where_none_is_given(google: Google) -> None:
    secret = google.make(SECRET, replication={"auto": {}})
    assert secret.outputs["secretId"].startswith("r0-")
    assert secret.id == f"projects/shop-prod/secrets/{secret.outputs['secretId']}"
    version = google.make(SECRET_VERSION, secret=secret.id, secretData="key")
    assert version.id == f"{secret.id}/versions/1"


@pytest.mark.parametrize("by", ["id", "name", "secretId"])
def test_a_grant_names_a_secret_in_any_way(google: Google, by: str) -> None:
    secret, reader = google.make(SECRET, secretId="token", replication={"auto": {}}), member(google)
    grant = google.make(READER, secretId=secret.outputs.get(by, secret.id), role=ROLE, member=reader)
    assert grant.id == f"projects/shop-prod/secrets/token/{ROLE}/{reader}"


def test_a_grant_on_what_is_not_there_is_refused_and_says_how_to_bring_it(google: Google) -> None:
    with pytest.raises(Refused) as refused:
        google.make(READER, secretId="token", role=ROLE, member=member(google))
    assert str(refused.value) == (
        "googleapi: Error 404: Secret [projects/shop-prod/secrets/token] not found., notFound; where a person made it, say so: "
        "python -m sandbox fixture add gcp secrets token"
    )


@pytest.mark.parametrize("written", ["token", "projects/other/secrets/token"])
def test_a_grant_on_what_a_person_made_is_taken(google: Google, store: Store, written: str) -> None:
    with store.transaction() as transaction:
        transaction.fix("gcp", "secrets", "token", {})
    google.make(READER, secretId=written, role=ROLE, member=member(google))


def test_a_grant_never_changes(google: Google) -> None:
    inputs = {"secretId": "token", "role": ROLE, "member": "user:a@b"}
    for change in ({"secretId": "other"}, {"role": "roles/secretmanager.viewer"}, {"member": "user:c@d"}):
        assert google.diff(READER, inputs, inputs | change) == (True, True)


def test_a_grants_account_exists(google: Google) -> None:
    google.make(SECRET, secretId="token", replication={"auto": {}})
    with pytest.raises(Refused, match=r"Service account gone@shop-prod.iam.gserviceaccount.com does not exist"):
        google.make(READER, secretId="token", role=ROLE, member="serviceAccount:gone@shop-prod.iam.gserviceaccount.com")
