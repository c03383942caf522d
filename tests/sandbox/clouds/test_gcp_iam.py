"""The stand-in for Google Cloud: service accounts and what they may do."""

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.gcp import ACCOUNT, GRANT, Google


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (ACCOUNT, {"accountId": "short"}, "accountId: expected 6 to 30"),
        (ACCOUNT, {"accountId": "a" * 31}, "accountId: expected 6 to 30"),
        (GRANT, {"project": "p", "role": "owner", "member": "user:a@b"}, "role: .*not supported"),
        (GRANT, {"project": "p", "role": "roles/viewer", "member": "a@b"}, "member: expected allUsers"),
    ],
)
def test_inputs_that_are_refused_before_anything_is_made(google: Google, token: str, inputs: Values, message: str) -> None:
    google.refuses(token, inputs, message)


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
