"""One vocabulary of tags, translated for each cloud into what that cloud takes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud import tags
from multicloud.errors import ArgumentError
from tests.recording import Recording

KEYS = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_.:/-]{0,62}\Z")
KEY = "begin with a letter, and use letters, digits, '_', '-', '.', ':' and '/', 63 at most"
TAGS = st.dictionaries(KEYS, st.text(max_size=300), max_size=6)


def test_standard_tags_say_what_made_a_resource(recording: Recording) -> None:
    assert recording.run(lambda: tags.standard("web", {"team": "shop"})) == {
        "project": "project",
        "stack": "stack",
        "component": "web",
        "managed-by": "pulumi",
        "team": "shop",
    }


def test_aws_shows_the_name() -> None:
    assert tags.aws_tags({"team": "shop"}, "web-network") == {"Name": "web-network", "team": "shop"}


@given(TAGS)
def test_google_cloud_takes_every_label(given: dict[str, str]) -> None:
    for key, value in tags.gcp_labels(given).items():
        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key)
        assert re.fullmatch(r"[a-z0-9_-]{0,63}", value)


@given(TAGS)
def test_digitalocean_takes_every_tag(given: dict[str, str]) -> None:
    flat = tags.digitalocean_tags(given)
    assert flat == sorted(flat)
    assert all(re.fullmatch(r"[A-Za-z0-9:_-]{1,255}", tag) for tag in flat)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"": "x"},
            f"tags: '' is no key that every cloud takes; {KEY}",
        ),
        (
            {"1a": "x"},
            f"tags.1a: '1a' is no key that every cloud takes; {KEY}",
        ),
        ({"aws:x": "x"}, "tags.aws:x: keys that begin with aws: are Amazon's own; take another key"),
        ({"Team": "x", "team": "y"}, "tags.team: is the same label as Team on Google Cloud; give each tag a key of its own"),
        ({"stack": "x"}, "tags.stack: is set on every resource, so that it can be found again; take another key"),
        ({"a": "x" * 257}, "tags.a: is longer than 256 characters; shorten it"),
        ({"team": "R&D"}, "tags.team: has characters that AWS refuses; use letters, digits, spaces and _ . : / = + - @"),
        ({"team": "a\nb"}, "tags.team: has characters that AWS refuses; use letters, digits, spaces and _ . : / = + - @"),
        ({"name": "x"}, "tags.name: is each resource's own name on AWS, where case makes no other key; take another key"),
        (
            {f"a{number}": "x" for number in range(46)},
            "tags: are 46, and AWS takes 45 beside those of every resource; leave some out",
        ),
    ],
)
def test_a_tag_that_a_cloud_would_refuse_or_confuse_is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        tags.check(given)
    assert str(caught.value) == message


def test_a_tag_may_say_whatever_every_cloud_takes() -> None:
    tags.check({"cost-center": "", "owner": "ops@example.com", "note": "Zürich 2: a/b_c=d+e-f.g"})


@given(st.dictionaries(KEYS, st.text(max_size=256), max_size=6))
def test_checked_tags_stay_apart_on_google_cloud(given: dict[str, str]) -> None:
    try:
        tags.check(given)
    except ArgumentError:
        return
    assert len(tags.gcp_labels(given)) == len(given)
