"""The stand-in DigitalOcean: databases."""

import pytest

from sandbox.rules import Values
from tests.sandbox.clouds.digitalocean import Account


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason", "by"),
    [
        (
            "databaseCluster",
            {"engine": "postgres", "version": "16", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb"},
            "engine",
            "is pg",
            "api",
        ),
        (
            "databaseCluster",
            {"engine": "pg", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb"},
            "version",
            '"version" is required',
            "provider",
        ),
        (
            "databaseCluster",
            {"engine": "pg", "version": "16", "nodeCount": 100, "region": "fra1", "size": "db-s-1vcpu-1gb"},
            "nodeCount",
            "100 nodes are outside 1 to 3",
            "api",
        ),
        (
            "databaseCluster",
            {"engine": "pg", "version": "16", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb", "sqlMode": "ANSI"},
            "sqlMode",
            "only supported for MySQL",
            "provider",
        ),
    ],
)
def test_refuses_wrong_values_and_says_who_would(account: Account, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
    account.refuses(type_, inputs, path, reason, by)


def test_a_clusters_passwords_are_secret_and_stay(account: Account) -> None:
    inputs = {"engine": "pg", "version": "16", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb"}
    cluster = account.make("databaseCluster", inputs)
    assert {("password",), ("uri",), ("privateUri",)} <= cluster.secrets
    assert cluster.outputs["password"] in cluster.outputs["uri"]
    grown = account.change("databaseCluster", cluster, {**inputs, "nodeCount": 2})
    assert grown.outputs["password"] == cluster.outputs["password"]
    user = account.make("databaseUser", {"clusterId": cluster.id, "name": "app"})
    assert ("password",) in user.secrets
    account.delete("databaseCluster", cluster)
