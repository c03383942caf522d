"""Wrong stack files: each is refused with the path of the value, what is wrong and how to mend it."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multicloud.machine.user_data import LIMITS
from multicloud.machine.workload import StaticSite
from multicloud.web.contract import LONGEST_NAME
from stacks.model import StackFileError, parse
from stacks.model.front import Front
from stacks.model.mapping import tier_args
from stacks.model.web import Tier
from tests.noise import noise
from tests.stacks.mistakes import WRONG
from tests.stacks.valid import VALID, Values, changed, said


def test_the_environment_that_the_mistakes_are_made_in_is_right() -> None:
    assert list(parse(json.dumps(VALID)).web) == ["aws", "gcp", "digitalocean"]


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named_with_its_path_and_its_mend(name: str) -> None:
    environment, message = WRONG[name]
    assert said(environment) == message


@pytest.mark.parametrize("cloud", ["aws", "gcp", "digitalocean"])
def test_a_site_that_is_a_few_bytes_too_large_for_its_cloud_is_named_with_its_path(cloud: str) -> None:
    """Beside it stands all that the cloud itself needs in the user data, which on AWS is a script more."""
    [args] = [tier_args(tier) for name, tier in parse(json.dumps(VALID)).web.items() if name == cloud]
    fits = LIMITS[cloud] - len(replace(args, site=StaticSite(files={"a": "x"})).user_data(LONGEST_NAME).encode()) + 1  # type: ignore[attr-defined]
    parse(json.dumps(changed(**{f"web__{cloud}__site": {"files": {"a": noise(fits)}}})))
    message = said(changed(**{f"web__{cloud}__site": {"files": {"a": noise(fits + 1)}}}))
    assert message == (
        f"environment.web.{cloud}.site.files: with them the user data is {LIMITS[cloud] + 1} bytes, "
        f"and {cloud} takes {LIMITS[cloud]}; make them 1 bytes smaller, or serve an archive or a git repository"
    )


def test_a_container_over_the_limit_is_named_with_its_path() -> None:
    text = said(changed(web__aws__container={"image": "nginx", "port": 80, "environment": {"TEXT": noise(20_000)}}))
    assert text.startswith("environment.web.aws.container.environment: with it the user data is ")
    assert text.endswith(" bytes smaller, or let the container fetch what it needs")


def test_all_mistakes_are_reported_at_once_one_a_line() -> None:
    environment = changed(
        front__stering="random",
        web__aws__region="x",
        web__aws__servers__max=1,
        web__aws__size="huge",
        web__gcp__network="10.0.0.0/8",
        web__gcp__health_check={"path": "live", "port": "80"},
        database__version=16,
    )
    assert [line.split(":")[0] for line in said(environment).splitlines()] == [
        "environment.front.stering",
        "environment.web.aws.region",
        "environment.web.aws.servers.max",
        "environment.web.aws.size",
        "environment.web.gcp.health_check.port",
        "environment.web.gcp.network",
        "environment.database.version",
    ]


def test_mistakes_between_parts_are_reported_at_once_too() -> None:
    environment = changed(
        front__hostname="www.example.org",
        front__order=["aws", "gcp"],
        web__gcp__network="10.10.0.0/16",
        web__digitalocean__servers__max=4,
        database__replica={"cloud": "aws", "region": "eu-west-1"},
        accounts={"gcp": "Mine!"},
    )
    assert [line.split(":")[0] for line in said(environment).splitlines()] == [
        "environment.front.order",
        "environment.web.gcp.network",
        "environment.web.digitalocean.ssh_keys",
        "environment.front.hostname",
        "environment.database.replica.cloud",
        "environment.accounts.gcp",
    ]


@pytest.mark.parametrize("text", ["", "hello", "[]", "5", "null", '"x"', "{"])
def test_what_is_no_map_at_all_is_refused(text: str) -> None:
    with pytest.raises(StackFileError, match=r"^environment: is .*; give a map with front, web, database, accounts, tags$"):
        parse(text)


SECRET = "hunter2-do-not-show"
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([SECRET, "", "aws", "10.0.0.0/8"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["cloud", "region", "min", "max", "x", ""]), inner, max_size=3)
    ),
    max_leaves=5,
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(found for key, value in inner for found in paths(value, (*path, key)))]


ADDED = [*Tier.model_fields, *Front.model_fields, "zones", "pool", "private", "hostname", "x"]
"""Keys that may come in, whether they belong there or not."""


@st.composite
def mutations(draw: Callable[..., Any]) -> Values:
    """The valid environment with one to three values anywhere replaced, taken out or added."""
    environment = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in paths(environment) if path]))
        node: Any = environment
        for step in path[:-1]:
            node = node[step]
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove":
            del node[path[-1]]
        elif action == "add" and isinstance(node, dict):
            node[draw(st.sampled_from(ADDED))] = draw(ANYTHING)
        else:
            node[path[-1]] = draw(ANYTHING)
    return environment


@given(mutations())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_change_of_a_right_environment_is_right_or_refused_with_paths(environment: Values) -> None:
    """Nothing else than the refusal gets out, and every line of it has a path, a fault and a mend."""
    try:
        parse(json.dumps(environment))
    except StackFileError as error:
        for line in str(error).splitlines():
            path, _, rest = line.partition(": ")
            assert path.startswith("environment")
            assert "; " in rest


def is_free_text(path: tuple[Any, ...]) -> bool:
    """Whether any text may stand there, which the library's rules may quote."""
    node: Any = VALID
    for step in path:
        node = node[step]
    return isinstance(node, str) and (path[0] == "database" or path[-1] not in ("cloud", "size", "steering"))


@pytest.mark.parametrize(
    "path", [path for path in paths(VALID) if path and not is_free_text(path)], ids=lambda path: ".".join(map(str, path))
)
def test_text_of_the_wrong_kind_is_never_shown(path: tuple[Any, ...]) -> None:
    """A secret that lands where a map, a list, a number or a word is expected does not come out again."""
    environment = copy.deepcopy(VALID)
    node: Any = environment
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = SECRET
    assert SECRET not in said(environment)


def test_a_sites_files_are_never_shown() -> None:
    message = said(changed(web__aws__site={"files": {"index.html": SECRET + noise(20000)}}))
    assert "site" in message
    assert SECRET not in message
