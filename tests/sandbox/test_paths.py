"""Property paths mean the same to the rules, to people and in values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import paths

steps = st.lists(st.text(min_size=1, max_size=6).filter(lambda s: "\n" not in s) | st.integers(0, 99), min_size=1, max_size=4).filter(
    lambda path: isinstance(path[0], str)
)


@given(steps)
def test_a_path_that_is_shown_can_be_read_again(path: list[str | int]) -> None:
    assert paths.parse(paths.show(path)) == tuple(path)


@given(steps)
def test_what_is_put_at_a_path_is_found_there(path: list[str | int]) -> None:
    path = [step if isinstance(step, str) else 0 for step in path]
    values: dict[str, object] = {}
    lists = [n for n, step in enumerate(path) if isinstance(step, int)]
    for n in lists:
        if paths.get(values, path[:n]) is None:
            paths.put(values, path[:n], [])
    paths.put(values, path, "value")
    assert paths.get(values, path) == "value"


def test_a_star_is_any_element_of_a_list_or_a_map() -> None:
    values = {"rules": [{"port": 80}, {"port": 443}, {}], "tags": {"a": 1, "b": 2}}
    assert list(paths.find(values, paths.pattern("rules[*].port"))) == [(("rules", 0, "port"), 80), (("rules", 1, "port"), 443)]
    assert list(paths.find(values, paths.pattern("tags[*]"))) == [(("tags", "a"), 1), (("tags", "b"), 2)]
    assert list(paths.find(values, paths.pattern("nothing.below"))) == []


def test_a_rule_covers_its_path_and_all_below() -> None:
    rule = paths.pattern("ingress[*]")
    assert paths.covers(rule, ("ingress", 0)) and paths.covers(rule, ("ingress", 3, "fromPort"))
    assert not paths.covers(rule, ("ingress",)) and not paths.covers(rule, ("egress", 0))


@pytest.mark.parametrize("text", ["", ".", "a..b", "a[", "a[x]", "a]b", '["open'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a property path"):
        paths.parse(text)


@pytest.mark.parametrize(
    ("path", "says"), [("list[5]", "no such element"), ("text.below", "nothing below text"), ("list.name", "no such element")]
)
def test_putting_where_nothing_can_be_is_refused(path: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        paths.put({"list": [1], "text": "x"}, paths.parse(path), 1)
