"""A container's arguments: the names of images as Docker reads them, and what cannot run refused before anything is created."""

import dataclasses
import re
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.container import Container, Registry

DIGEST = "@sha256:" + "0123456789abcdef" * 4
SHOP = Container(image="ghcr.io/example/shop:1.4", port=8080)


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        (f"nginx{DIGEST}", f"docker.io/library/nginx{DIGEST}"),
        (f"nginx:1.27{DIGEST}", f"docker.io/library/nginx:1.27{DIGEST}"),
        ("library/nginx", "docker.io/library/nginx:latest"),
        ("example/shop", "docker.io/example/shop:latest"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/example/shop:2", "docker.io/example/shop:2"),
        ("ghcr.io/example/shop:1.4", "ghcr.io/example/shop:1.4"),
        ("registry.example.com:5000/a/b/c", "registry.example.com:5000/a/b/c:latest"),
        ("registry:5000/shop", "registry:5000/shop:latest"),
        ("localhost/shop", "localhost/shop:latest"),
        ("localhost:5000/shop:v1", "localhost:5000/shop:v1"),
        ("REGISTRY/shop", "REGISTRY/shop:latest"),
        ("localhosts/shop", "docker.io/localhosts/shop:latest"),
        # Without a slash there is no registry, whatever dots and numbers there are.
        ("shop.example", "docker.io/library/shop.example:latest"),
        ("registry:5000", "docker.io/library/registry:5000"),
        ("a__b/c-d/e---f.g_h", "docker.io/a__b/c-d/e---f.g_h:latest"),
        (
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4",
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4",
        ),
        ("europe-west3-docker.pkg.dev/project/images/shop:1.4", "europe-west3-docker.pkg.dev/project/images/shop:1.4"),
    ],
)
def test_an_image_is_completed_as_docker_does(image: str, full: str) -> None:
    """Expected values are what `reference.ParseNormalizedNamed` and `TagNameOnly` of github.com/distribution/reference give."""
    container = dataclasses.replace(SHOP, image=image)
    container.check()
    assert container.full_image == full


@pytest.mark.parametrize(
    "image",
    [
        "",
        " ",
        "nginx ",
        "nginx\n",
        "Nginx",
        "example/Shop",
        "nginx:",
        "nginx:a b",
        "nginx:" + "a" * 129,
        "nginx:.1",
        "nginx@sha256:abc",
        "nginx" + DIGEST.upper(),
        f"nginx{DIGEST}:1.27",
        "nginx//shop",
        "/nginx",
        "nginx/",
        "https://ghcr.io/example/shop",
        "ghcr.io/",
        "my_host.example/shop",
        "-host.example/shop",
        "host.example:/shop",
        "host..example/shop",
        "a..b",
        "a___b",
        "-a",
        "a-",
        "a; rm -rf /",
        "$(id)",
        "--privileged",
    ],
)
def test_what_is_no_name_of_an_image_is_refused(image: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        dataclasses.replace(SHOP, image=image).check()
    assert str(caught.value) == f"container.image: {image!r} is no name of an image; write one like ghcr.io/example/shop:1.4"


PART = st.from_regex(r"[a-z0-9]{1,4}(([._]|__|-{1,3})[a-z0-9]{1,4}){0,2}", fullmatch=True)
HOST = st.one_of(
    st.just(""),
    st.just("localhost/"),
    st.from_regex(r"[a-z0-9]{1,4}(\.[a-z0-9]{1,4}){1,2}(:[0-9]{1,5})?/", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,4}:[0-9]{1,5}/", fullmatch=True),
)
TAG = st.one_of(st.just(""), st.from_regex(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}", fullmatch=True))
IMAGES = st.builds(
    lambda host, parts, tag, digest: f"{host}{'/'.join(parts)}{tag}{digest}",
    HOST,
    st.lists(PART, min_size=1, max_size=3).filter(lambda parts: len(parts) == 1 or "." not in parts[0]),
    TAG,
    st.sampled_from(["", DIGEST]),
)


@given(IMAGES)
def test_any_image_of_the_grammar_is_taken_and_its_full_name_is_its_own(image: str) -> None:
    """The full name names a registry, and a tag or a digest, keeps what was written, and is completed no further."""
    container = dataclasses.replace(SHOP, image=image)
    container.check()
    full = container.full_image
    assert full.endswith((image, f"{image}:latest")) or image.startswith("docker.io/")
    assert re.match(r"localhost/|[^/]*[.:][^/]*/", full), "no registry"
    assert ":" in full.rsplit("/", 1)[1], "neither tag nor digest"
    again = dataclasses.replace(SHOP, image=full)
    again.check()
    assert again.full_image == full


@given(st.text(max_size=40))
def test_any_text_is_an_image_or_is_refused_with_the_path(text: str) -> None:
    """Nothing gets through that a shell or systemd would read as anything but one word."""
    container = dataclasses.replace(SHOP, image=text)
    try:
        container.check()
    except ArgumentError as error:
        assert error.path == "container.image"
    else:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*", container.full_image)


LATER = pulumi.Output.from_input("known only later")

RIGHT: dict[str, dict[str, Any]] = {
    "the least": {},
    "the first and last port": {"port": 65535},
    "variables": {"environment": {"A": "", "_b2": "two\nlines", "C": "ünï"}},
    "variables that are outputs": {"environment": {"A": LATER}, "secrets": {"B": LATER}},
    "secrets by name and by ARN": {
        "secrets": {
            "A": "shop/database-password",
            "B": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf",
            "C": "projects/shop/secrets/password",
        }
    },
    "a command": {"command": ["serve", "--port", "8080", ""]},
    "a registry": {"registry": Registry(user="robot$shop+pull", password_secret="shop-registry")},
    "a registry with an output": {"registry": Registry(user="shop", password_secret=LATER)},
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_can_run_is_taken(case: str) -> None:
    dataclasses.replace(SHOP, **RIGHT[case]).check()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no port": ({"port": 0}, "container.port: 0 is not a port; give a number from 1 to 65535"),
    "a port too large": ({"port": 65536}, "container.port: 65536 is not a port; give a number from 1 to 65535"),
    "a variable that begins with a digit": (
        {"environment": {"1A": "x"}},
        "container.environment['1A']: is no name of a variable; take letters, digits and underscores",
    ),
    "a variable with an equals sign": (
        {"environment": {"A=B": "x"}},
        "container.environment['A=B']: is no name of a variable; take letters, digits and underscores",
    ),
    "a variable with a line break": (
        {"environment": {"A\n": "x"}},
        "container.environment['A\\n']: is no name of a variable; take letters, digits and underscores",
    ),
    "a variable without a name": (
        {"secrets": {"": "x"}},
        "container.secrets['']: is no name of a variable; take letters, digits and underscores",
    ),
    "a variable with a zero byte": (
        {"environment": {"A": "hunter2\0"}},
        "container.environment['A']: holds a zero byte, which no variable can; give plain text",
    ),
    "a secret without a name": (
        {"secrets": {"A": ""}},
        "container.secrets['A']: is no name of a secret; name one of the cloud's own store",
    ),
    "a secret's value instead of its name": (
        {"secrets": {"A": "hunter2 is my password"}},
        "container.secrets['A']: is no name of a secret; name one of the cloud's own store",
    ),
    "a variable twice": (
        {"environment": {"B": "x", "A": "x"}, "secrets": {"B": "y", "A": "y"}},
        "container.secrets['A']: is in environment, too; leave one of the two out",
    ),
    "an empty command": ({"command": []}, "container.command: is empty; give the program and its arguments, or leave it out"),
    "a command with a zero byte": (
        {"command": ["serve", "\0"]},
        "container.command[1]: holds a zero byte, which no argument can; give plain text",
    ),
    "a registry without a user": (
        {"registry": Registry(user="", password_secret="x")},
        "container.registry.user: is no name of a user; give the one that the password belongs to",
    ),
    "a registry whose password ends soon": (
        {"registry": Registry(user="AWS", password_secret="x")},
        "container.registry.user: AWS goes with a password that ends within hours; take a user whose password or token lasts",
    ),
    "a registry without a password": (
        {"registry": Registry(user="shop", password_secret="")},
        "container.registry.password_secret: is no name of a secret; name one of the cloud's own store",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_run_is_refused_with_the_mend(case: str) -> None:
    """And without any value, which may be a secret in the wrong place."""
    change, message = WRONG[case]
    with pytest.raises(ArgumentError) as caught:
        dataclasses.replace(SHOP, **change).check()
    assert str(caught.value) == message
    assert "hunter2" not in str(caught.value)
