"""The table at the end of `make up`."""

from typing import Any

from tools.summary import summary


def pool(*origins: tuple[str, str]) -> dict[str, Any]:
    return {"cloud": "aws", "region": "eu-central-1", "origins": [{"name": n, "address": a, "weight": 1} for n, a in origins]}


def test_the_table_names_the_entry_the_pools_and_the_database() -> None:
    """One line for each origin and each database server, the pool's name once."""
    outputs = {
        "hostname": "www.example.com",
        "url": "https://www.example.com",
        "pools": {"aws": pool(("a-1", "192.0.2.1"), ("a-2", "192.0.2.2")), "gcp": pool(("g-1", "198.51.100.1"))},
        "database": {"primary": "primary.rds.example", "replica": "203.0.113.9"},
    }
    assert summary("production", outputs).splitlines()[:8] == [
        "",
        "visitors           https://www.example.com",
        "pool      aws      192.0.2.1 (a-1)",
        "                   192.0.2.2 (a-2)",
        "          gcp      198.51.100.1 (g-1)",
        "database  primary  primary.rds.example",
        "          replica  203.0.113.9",
        "",
    ]


def test_what_a_stack_does_not_have_is_left_out() -> None:
    """A stack without a database or a pool has no empty lines for them, and a pool without origins says so."""
    text = summary("dev", {"url": "https://dev.example.com", "pools": {"aws": pool()}, "database": None})
    assert "database" not in text
    assert "no origin" in text
    assert "STACK=" not in text, "dev is the default"
