"""User data: safe to render from anything a user gives, the same on every cloud, and within its limit."""

import difflib
import re
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.site import DOCUMENT_ROOT
from multicloud.machine.user_data import GCP_STARTUP_SCRIPT, LIMITS, render
from multicloud.machine.workload import StaticSite
from tests.noise import noise


def rendered(
    files: dict[str, str] | None = None,
    cloud: str = "aws",
    region: str = "eu-central-1",
    component: str = "web",
    health_path: str = "/healthz",
    port: int = 80,
    limit: int = 2**20,
    status: int = 200,
) -> str:
    site = StaticSite(files=files) if files is not None else None
    machine = Bootstrap(cloud=cloud, region=region, component=component, health_path=health_path, port=port, status=status, site=site)
    return render(machine, limit)


def written(user_data: str) -> dict[str, str]:
    """What the machine writes, as cloud-init's own parser (PyYAML) reads it."""
    assert user_data.startswith("#cloud-config\n")
    return {file["path"]: file["content"] for file in yaml.safe_load(user_data)["write_files"]}


def server(user_data: str) -> str:
    return written(user_data)["/etc/nginx/sites-available/default"]


# escaping

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
AWKWARD = "\x00\t\n\r\x7f\x85\xa0\u2028\u2029\ufeff\ufffe😀 a-:#|>'\"%@`{}[]&*!?,\\~"


@settings(max_examples=1000)
@given(TEXT | st.text(st.sampled_from(AWKWARD)))
def test_any_text_arrives_as_it_was_given(content: str) -> None:
    assert written(rendered({"a.txt": content}))[f"{DOCUMENT_ROOT}/a.txt"] == content


@pytest.mark.parametrize(
    "content",
    [
        "\x00\x7f\x85\u2028\ufeff",
        "\x85",
        "a\u2028",
        "a\n\u2029b\n",
        "\ufeff",
        "---\n#cloud-config\n",
        "{{ x }} ${y} $z %s",
        " a\n\tb \n\n",
        "a: b\r\n",
        "|\n- x\n",
        "😀",
    ],
)
def test_text_that_yaml_or_a_template_could_misread_arrives_as_it_was_given(content: str) -> None:
    assert written(rendered({"a.txt": content}))[f"{DOCUMENT_ROOT}/a.txt"] == content


@given(TEXT)
def test_a_components_name_adds_no_markup_and_no_include_to_the_page(component: str) -> None:
    page = written(rendered(component=component))[f"{DOCUMENT_ROOT}/index.html"]
    plain = written(rendered(component=""))[f"{DOCUMENT_ROOT}/index.html"]
    assert page.count("<") == plain.count("<") and page.count(">") == plain.count(">")


@given(st.text(max_size=20))
def test_a_health_path_is_plain_or_refused(path: str) -> None:
    """Whatever gets through cannot end nginx's directive."""
    try:
        config = server(rendered(health_path="/" + path))
    except ArgumentError as error:
        assert error.path == "health_check.path"
    else:
        assert config.count("{") == config.count("}") == 3 - (path == "")
        assert not set(path) & set(" \t\r\n;{}\"'\\$#")


# one user data for all clouds


def test_clouds_differ_in_nothing_but_their_names() -> None:
    aws, gcp = rendered(cloud="aws", region="r1").splitlines(), rendered(cloud="gcp", region="r2").splitlines()
    changed = [line[2:] for line in difflib.ndiff(aws, gcp) if line.startswith(("- ", "+ "))]
    assert changed and all(re.search(r"\b(aws|gcp|r1|r2)\b", line) for line in changed)


def test_the_same_arguments_give_the_same_text_whatever_the_order_of_the_files() -> None:
    assert rendered({"a": "1", "b": "2"}) == rendered({"b": "2", "a": "1"})


def test_it_fits_every_cloud_with_room_for_a_site() -> None:
    assert len(rendered().encode()) < min(LIMITS.values()) / 4


def test_updates_are_installed_and_no_password_or_key_is_set() -> None:
    config = yaml.safe_load(rendered())
    assert set(config) == {"locale", "write_files", "package_update", "packages", "runcmd"}
    assert "unattended-upgrades" in config["packages"]
    assert 'APT::Periodic::Unattended-Upgrade "1";' in written(rendered())["/etc/apt/apt.conf.d/51multicloud"]


# what answers where


def test_the_machine_answers_the_health_path_itself() -> None:
    assert 'location = /up {\n        access_log off;\n        default_type text/plain;\n        return 200 "ok\\n";' in server(
        rendered(health_path="/up")
    )
    assert "return 204;" in server(rendered(health_path="/up", status=204))


@pytest.mark.parametrize(
    ("health_path", "files"), [("/", None), ("/", {"index.html": ""}), ("/up", {"up": "fine"}), ("/docs/", {"docs/index.html": ""})]
)
def test_a_page_of_the_site_at_the_health_path_is_not_hidden(health_path: str, files: dict[str, str] | None) -> None:
    assert "location =" not in server(rendered(files, health_path=health_path))


def test_includes_are_read_in_the_default_page_alone() -> None:
    assert "ssi on;" in server(rendered())
    assert "ssi" not in server(rendered({"index.html": '<!--# echo var="document_root" -->'}))


# refusals


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "a//b", "a/", "a\\b", "a\nb", "\x00", "a" * 256, "ü" * 128]
)
def test_refuses_paths_outside_the_document_root(path: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        rendered({path: ""})
    assert refused.value.path == f"site.files[{path!r}]"


def test_refuses_a_file_that_is_a_folder_too() -> None:
    with pytest.raises(ArgumentError, match=r"^site.files\['a/b/c'\]: a/b is a file and cannot be a folder, too; rename one of the two$"):
        rendered({"a/b": "", "a/b/c": ""})


def test_refuses_text_that_utf_8_cannot_hold() -> None:
    with pytest.raises(ArgumentError, match=r"^site.files\['a'\]: is not text that UTF-8 can hold"):
        rendered({"a": "\ud800"})


def test_the_limit_is_met_to_the_byte_and_the_message_says_by_how_much_not() -> None:
    files = {"a": f"ü{noise(10000)}"}
    size = len(rendered(files).encode())
    assert rendered(files, limit=size)
    with pytest.raises(ArgumentError) as refused:
        rendered(files, limit=size - 1)
    assert str(refused.value) == (
        f"site.files: with them the user data is {size} bytes, and aws takes {size - 1}; "
        "make them 1 bytes smaller, or serve an archive or a git repository"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"health_path": "up"}, "health_check.path: 'up' does not begin with a slash; write one like /healthz"),
        ({"health_path": "/a b"}, "health_check.path: '/a b' has characters other than letters, digits and / . _ ~ -; write"),
        ({"health_path": "/a?b=c"}, r"health_check.path: '/a\?b=c' has characters other than"),
        ({"health_path": "/a/../b"}, "health_check.path: '/a/../b' is not a plain path: // or a dot segment"),
        ({"health_path": "//a"}, "health_check.path: '//a' is not a plain path: // or a dot segment"),
        ({"port": 0}, "health_check.port: 0 is not a port; give a number from 1 to 65535"),
        ({"port": 65536}, "health_check.port: 65536 is not a port"),
        (
            {"status": 302},
            "health_check.expected_status: 302 is not what the machines answer at /healthz themselves; take a status from 200 to 299",
        ),
        (
            {"status": 204, "health_path": "/"},
            "health_check.expected_status: 204 is not what the site's page at / answers; leave it out: a page answers 200",
        ),
        (
            {"health_path": "/docs", "files": {"docs/a.html": ""}},
            "health_check.path: /docs is a folder of the site, with docs/a.html; take a path that the site does not use",
        ),
        ({"region": 'x"; y'}, "region: 'x\"; y' is no name of a region"),
        ({"cloud": "a b"}, "cloud: 'a b' is no name of a cloud"),
    ],
)
def test_refuses_what_cannot_be_rendered_safely(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{message}"):
        rendered(**arguments)


def test_the_shell_accepts_the_startup_script() -> None:
    assert subprocess.run(["sh", "-n"], input=GCP_STARTUP_SCRIPT, text=True).returncode == 0
