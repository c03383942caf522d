"""The clouds' stand-ins, each on an empty store."""

import pytest

from sandbox.clouds.cloudflare import CLOUD as CLOUDFLARE
from sandbox.store import Store
from tests.sandbox.clouds.aws import Account as AwsAccount
from tests.sandbox.clouds.cloudflare import Cloudflare
from tests.sandbox.clouds.digitalocean import Account
from tests.sandbox.clouds.gcp import Google


@pytest.fixture
def aws(store: Store) -> AwsAccount:
    """An account at AWS, in one region."""
    return AwsAccount(store)


@pytest.fixture
def google(store: Store) -> Google:
    """A project on Google Cloud."""
    return Google(store)


@pytest.fixture
def account(store: Store) -> Account:
    """An account at DigitalOcean."""
    return Account(store)


@pytest.fixture
def cloudflare(store: Store) -> Cloudflare:
    """An account at Cloudflare with the usual zones."""
    return Cloudflare(CLOUDFLARE, store)
