"""The table at the end of `make up`."""

from typing import Any

from tools.summary import summary


def pool(cloud: str, region: str, *addresses: str) -> dict[str, Any]:
    return {"cloud": cloud, "region": region, "origins": [{"name": cloud, "address": a, "weight": 1} for a in addresses]}


def test_the_table_names_the_entry_the_pools_and_the_database() -> None:
    """One line for each origin and each database server, the pool's name once."""
    outputs = {
        "hostname": "www.example.com",
        "url": "https://www.example.com",
        "pools": {"aws": pool("aws", "eu-central-1", "192.0.2.1", "192.0.2.2"), "gcp": pool("gcp", "europe-west3", "198.51.100.1")},
        "database": {
            "primary": {"cloud": "aws", "region": "eu-central-1", "host": "primary.rds.example"},
            "replica": {"cloud": "gcp", "region": "europe-west3", "host": "203.0.113.9"},
        },
    }
    assert summary("production", outputs).splitlines()[:8] == [
        "",
        "visitors           https://www.example.com",
        "pool      aws      192.0.2.1 (aws eu-central-1)",
        "                   192.0.2.2 (aws eu-central-1)",
        "          gcp      198.51.100.1 (gcp europe-west3)",
        "database  primary  primary.rds.example (aws eu-central-1)",
        "          replica  203.0.113.9 (gcp europe-west3)",
        "",
    ]


def test_what_a_stack_does_not_have_is_left_out() -> None:
    """A stack without a database or a pool has no empty lines for them, and a pool without origins says so."""
    text = summary("dev", {"url": "https://dev.example.com", "pools": {"aws": pool("aws", "eu-central-1")}, "database": None})
    assert "database" not in text
    assert "no origin (aws eu-central-1)" in text
    assert "STACK=" not in text, "dev is the default"
