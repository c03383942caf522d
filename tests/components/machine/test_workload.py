"""Workloads: exactly one, refused where it cannot work, and told to the machine without a change of a letter."""

import email
import gzip
import shlex
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.compression import compressed
from multicloud.machine.steps import READY
from multicloud.machine.user_data import LIMITS, render
from multicloud.machine.workload import Archive, Git, StaticSite
from tests.noise import noise

ARCHIVE = Archive(url="https://example.com/site-1.tar.gz", sha256="0a" * 32)
GIT = Git(url="https://example.com/site.git", ref="v1.4")
COMMIT = "0123456789abcdef" * 2 + "01234567"
SCRIPT = "#!/bin/sh\nexit 0\n"


def rendered(site: StaticSite | None = None, script: str | None = None, limit: int = 2**20, **options: Any) -> str:
    return render(Bootstrap(cloud="aws", region="eu-central-1", component="web", site=site, script=script, **options), limit)


def config(user_data: str) -> dict[str, Any]:
    """What cloud-init reads, compressed or not."""
    message = email.message_from_string(user_data)
    if message.get_content_type() == "application/gzip":
        payload = message.get_payload(decode=True)
        assert isinstance(payload, bytes)
        user_data = gzip.decompress(payload).decode()
    assert user_data.startswith("#cloud-config\n")
    return yaml.safe_load(user_data)  # type: ignore[no-any-return]


def files(user_data: str) -> dict[str, str]:
    return {file["path"]: file["content"] for file in config(user_data)["write_files"]}


def fetching(site: StaticSite) -> list[str]:
    """The words of the shell program that fetches the site."""
    program = files(rendered(site))["/usr/local/lib/multicloud/workload"]
    assert subprocess.run(["sh", "-n"], input=program, text=True).returncode == 0
    return [word for line in program.splitlines()[1:] for word in shlex.split(line, comments=True)]


# what is refused


@pytest.mark.parametrize(
    ("site", "message"),
    [
        (StaticSite(), "site: has nothing to serve; give it files, archive or git, or leave site out for a page that says who answers"),
        (StaticSite(files={}), "site.files: is empty; give at least an index.html"),
        (
            StaticSite(files={"a": ""}, archive=ARCHIVE),
            "site.archive: is given beside files, and a site has one source; leave one of them out",
        ),
        (StaticSite(archive=ARCHIVE, git=GIT), "site.git: is given beside archive"),
        (StaticSite(files={}, git=GIT), "site.git: is given beside files"),
        (
            StaticSite(archive=Archive(url="ftp://example.com/a.tar", sha256="0" * 64)),
            "site.archive.url: is not a URL of https or http; write",
        ),
        (StaticSite(archive=Archive(url="https:///a.tar", sha256="0" * 64)), "site.archive.url: is not a URL of https or http"),
        (StaticSite(archive=Archive(url="https://[::1/a.tar", sha256="0" * 64)), "site.archive.url: is not a URL; write"),
        (StaticSite(archive=Archive(url="https://a/b c", sha256="0" * 64)), "site.archive.url: is not a URL of https or http"),
        (
            StaticSite(archive=Archive(url="https://a/b.zip", sha256="0" * 64)),
            "site.archive.url: does not lead to a tar archive; pack the site",
        ),
        (
            StaticSite(archive=Archive(url="https://a/b.tar", sha256="A" * 64)),
            "site.archive.sha256: is not a SHA-256 checksum; write the 64",
        ),
        (
            StaticSite(archive=Archive(url="https://a/b", sha256="0" * 64, folder="../x")),
            "site.archive.folder: '../x' is not a plain relative path",
        ),
        (
            StaticSite(git=Git(url="https://u:hush@a/b", ref="v1")),
            "site.git.url: holds a user's name or a password, which everyone could read",
        ),
        (
            StaticSite(git=Git(url="git@github.com:a/b.git", ref="v1")),
            "site.git.url: needs a key, which user data must not hold; write one",
        ),
        (
            StaticSite(git=Git(url="http://a/b", ref="main")),
            "site.git.url: is http, where anybody on the way can change a branch or a tag; take",
        ),
        (
            StaticSite(git=Git(url="https://a/b", ref="--upload-pack=x")),
            "site.git.ref: '--upload-pack=x' is not a branch, a tag or a commit",
        ),
        (
            StaticSite(git=Git(url="https://a/b", ref="main", folder="/")),
            "site.git.folder: '/' is not a plain relative path; write one like",
        ),
    ],
)
def test_a_site_has_exactly_one_source_that_every_machine_can_fetch(site: StaticSite, message: str) -> None:
    for refusing in (site.check, lambda: rendered(site)):
        with pytest.raises(ArgumentError) as caught:
            refusing()
        assert str(caught.value).startswith(message)
        assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo hush", "script: does not begin with the path of its interpreter; write #!/bin/sh, or another one, as the first line"),
        ("", "script: does not begin with the path of its interpreter"),
        ("#!/bin/sh\r\nhush\r\n", "script: has Windows line ends, which Linux takes for a part of the interpreter's name; save it"),
        ("#!/bin/sh\nhush \ud800", "script: is not text that UTF-8 can hold; give text"),
        ("#!/bin/sh\nhush \0", "script: has a NUL character; give text"),
        ("#!/bin/sh\n" + noise(20_000), "script: with it the user data is "),
    ],
)
def test_a_script_that_linux_would_not_run_is_refused_and_not_shown(script: str, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        rendered(script=script, limit=16384)
    assert str(caught.value).startswith(message)
    assert "hush" not in str(caught.value)


def test_a_machine_has_one_workload() -> None:
    with pytest.raises(ArgumentError, match=r"^script: is given beside site, and a machine has one workload; leave one of the two out$"):
        rendered(StaticSite(git=GIT), SCRIPT)


@pytest.mark.parametrize("status", [199, 300, 404])
def test_nginx_cannot_answer_for_a_fetched_site_with_any_status(status: int) -> None:
    with pytest.raises(ArgumentError, match=r"^health_check.expected_status: "):
        rendered(StaticSite(git=GIT), status=status)
    with pytest.raises(ArgumentError, match=r"^health_check.expected_status: .* a page answers 200$"):
        rendered(StaticSite(git=GIT), health_path="/", status=204)


# what is told

FOLDER = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\/"), min_size=1, max_size=20).filter(
    lambda part: part not in (".", "..") and not any(mark in part for mark in "\x85\u2028\u2029")
)
REF = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._/@+#=-]{0,30}", fullmatch=True)
URL_PATH = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40)


@given(URL_PATH, FOLDER)
@example("'; reboot; '", "$(reboot)")
@example("`x`", "-rf")
def test_an_archives_url_and_folder_arrive_as_they_are(path: str, folder: str) -> None:
    site = StaticSite(archive=Archive(url=f"https://example.com/{path}", sha256="0" * 64, folder=folder))
    try:
        site.check()
    except ArgumentError as error:
        assert error.path.startswith("site.archive.")
        return
    words = fetching(site)
    assert words[words.index("site.tar") + 1] == f"https://example.com/{path}"
    assert f"unpacked/{folder}" in words
    assert "0" * 64 + "  site.tar" in words


@given(URL_PATH, REF)
def test_a_repositorys_url_and_ref_arrive_as_they_are(path: str, ref: str) -> None:
    site = StaticSite(git=Git(url=f"https://example.com/{path}", ref=ref))
    try:
        site.check()
    except ArgumentError as error:
        assert error.path.startswith("site.git.")
        return
    words = fetching(site)
    start = words.index("--depth")
    assert words[start : start + 4] == ["--depth", "1", f"https://example.com/{path}", ref]


def test_http_will_do_for_a_whole_commit() -> None:
    assert COMMIT in fetching(StaticSite(git=Git(url="http://example.com/site.git", ref=COMMIT)))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_script_arrives_as_it_is(rest: str) -> None:
    script = f"#!/bin/sh\n{rest}"
    assert files(rendered(script=script))["/usr/local/lib/multicloud/script"] == script


@pytest.mark.parametrize("site", [StaticSite(archive=ARCHIVE), StaticSite(git=GIT)])
def test_nobody_is_sent_to_a_site_that_is_not_in_place(site: StaticSite) -> None:
    """nginx refuses everything before it, and no page of the site is guessed."""
    server = files(rendered(site))["/etc/nginx/sites-available/default"]
    assert server.index(f"if (!-f {READY})") < server.index("location")
    assert "location = /healthz" in server
    assert "location =" not in files(rendered(site, health_path="/"))["/etc/nginx/sites-available/default"]


def test_a_machine_with_a_script_has_no_nginx_and_a_closed_port() -> None:
    told = config(rendered(script=SCRIPT, port=8080))
    assert "nginx" not in told["packages"]
    assert "unattended-upgrades" in told["packages"]
    assert "tcp dport 8080 reject" in files(rendered(script=SCRIPT, port=8080))["/usr/local/lib/multicloud/gate.nft"]
    modes = {file["path"].rsplit("/", 1)[1]: file["permissions"] for file in told["write_files"]}
    assert (modes["script"], modes["open"], modes["gate.nft"]) == ("0755", "0755", "0644")
    for name in ("script", "open"):
        assert (
            subprocess.run(["sh", "-n"], input=files(rendered(script=SCRIPT))[f"/usr/local/lib/multicloud/{name}"], text=True).returncode
            == 0
        )


@pytest.mark.parametrize("workload", [{"site": StaticSite(archive=ARCHIVE)}, {"site": StaticSite(git=GIT)}, {"script": SCRIPT}])
def test_what_is_fetched_leaves_room_on_every_cloud(workload: dict[str, Any]) -> None:
    assert len(rendered(**workload).encode()) < min(LIMITS.values()) / 2


# compression


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_compressed_is_the_same_for_cloud_init_and_plain_for_the_cloud(text: str) -> None:
    assert compressed(text).isascii()
    payload = email.message_from_string(compressed(text)).get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert gzip.decompress(payload).decode() == text


def test_a_site_is_compressed_where_it_does_not_fit_otherwise_and_only_there() -> None:
    site = StaticSite(files={"index.html": "ü<p>paragraph</p>\n" * 1000})
    plain = rendered(site)
    assert plain.startswith("#cloud-config\n")
    packed = rendered(site, limit=len(plain.encode()) - 1)
    assert len(packed) < len(plain) / 5
    assert config(packed) == config(plain)
