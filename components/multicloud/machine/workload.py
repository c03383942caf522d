"""What a machine serves: a static site, whose files come with the user data or are fetched at first boot.

The other workload is a script of the user's own, which is plain text: see `WebTierArgs.script`.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit

from ..errors import ArgumentError

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(kw_only=True, frozen=True)
class Archive:
    """A tar archive that every machine fetches at its first boot."""

    url: str
    """Where it is: https, or http, since the checksum decides. It stands in the user data, so it must hold no secret."""
    sha256: str
    """SHA-256 checksum of the archive: 64 hexadecimal digits, as `sha256sum` prints them. Another archive is refused by the machine."""
    folder: Optional[str] = None
    """The folder inside the archive that is the document root: `site-1.4/public`. Defaults to the whole archive."""

    def check(self) -> None:
        """Raises ArgumentError, its path below the archive, if it cannot be fetched or checked."""
        _check_url(self.url, ("https", "http"), "write one like https://example.com/site-1.4.tar.gz")
        if self.url.lower().endswith((".zip", ".7z", ".rar")):
            raise ArgumentError("url", "does not lead to a tar archive", "pack the site as .tar.gz or .tar.xz")
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ArgumentError("sha256", "is not a SHA-256 checksum", "write the 64 lower-case hexadecimal digits that sha256sum prints")
        _check_folder(self.folder)


@dataclass(kw_only=True, frozen=True)
class Git:
    """A public git repository that every machine fetches at its first boot, without its history, submodules and LFS objects."""

    url: str
    """Where it is: https; or http with a whole commit as `ref`, which git checks by its hash. It must hold no secret."""
    ref: str
    """Branch, tag or whole commit: `v1.4`. A machine that boots later gets what a branch has moved to; a commit keeps all alike."""
    folder: Optional[str] = None
    """The folder of the repository that is the document root: `public`. Defaults to the whole repository."""

    def check(self) -> None:
        """Raises ArgumentError, its path below the repository, if it cannot be fetched."""
        mend = "write one like https://github.com/example/site.git"
        if self.url.startswith(("git@", "ssh:")):
            raise ArgumentError("url", "needs a key, which user data must not hold", mend)
        _check_url(self.url, ("https", "http"), mend)
        if (
            not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._/@+#=-]{0,254}", self.ref)
            or ".." in self.ref
            or self.ref.endswith(("/", ".", ".lock"))
        ):
            raise ArgumentError("ref", f"{self.ref!r} is not a branch, a tag or a commit", "write one like main, v1.4 or 40 digits")
        if self.url.lower().startswith("http:") and not _COMMIT.fullmatch(self.ref):
            raise ArgumentError(
                "url", "is http, where anybody on the way can change a branch or a tag", "take https, or a whole commit as ref"
            )
        _check_folder(self.folder)


@dataclass(kw_only=True, frozen=True)
class StaticSite:
    """Static files on nginx, from exactly one source."""

    files: Optional[dict[str, str]] = None
    """Contents by path below the document root: `{"index.html": "<h1>Hello</h1>"}`. Packed into the user data, compressed where
    they do not fit otherwise, so keep them small: 16 KiB in all on AWS."""
    archive: Optional[Archive] = None
    """A tar archive to fetch, plain or compressed with gzip or xz."""
    git: Optional[Git] = None
    """A git repository to fetch."""

    @property
    def fetched(self) -> Optional[Archive | Git]:
        """Where the machines fetch the site from; None where it comes with the user data."""
        return self.archive or self.git

    def check(self) -> None:
        """Raises ArgumentError, its path below `site`, if there is not exactly one source, or if it cannot be fetched."""
        given = [name for name in ("files", "archive", "git") if getattr(self, name) is not None]
        if not given:
            raise ArgumentError(
                "site", "has nothing to serve", "give it files, archive or git, or leave site out for a page that says who answers"
            )
        if len(given) > 1:
            raise ArgumentError(f"site.{given[1]}", f"is given beside {given[0]}, and a site has one source", "leave one of them out")
        if self.files is not None and not self.files:
            raise ArgumentError("site.files", "is empty", "give at least an index.html, or leave site out for a page that says who answers")
        if self.fetched is not None:
            try:
                self.fetched.check()
            except ArgumentError as error:
                raise error.under(f"site.{given[0]}") from None


def check_script(script: str) -> None:
    """Refuses text that Linux does not run as a script.

    Args:
        script: The script.

    Raises:
        ArgumentError: At `script`. What the script says is not shown.
    """
    first = script.partition("\n")[0]
    if not re.match(r"#! ?/", first):
        raise ArgumentError(
            "script", "does not begin with the path of its interpreter", "write #!/bin/sh, or another one, as the first line"
        )
    if "\r" in first:
        raise ArgumentError(
            "script", "has Windows line ends, which Linux takes for a part of the interpreter's name", "save it with LF line ends"
        )
    try:
        script.encode()
    except UnicodeEncodeError:
        raise ArgumentError("script", "is not text that UTF-8 can hold", "give text; fetch binary files from the script") from None
    if "\0" in script:
        raise ArgumentError("script", "has a NUL character", "give text; fetch binary files from the script")


def _check_url(url: str, schemes: tuple[str, ...], mend: str) -> None:
    """The URL itself is not shown: it may hold a password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ArgumentError("url", "is not a URL", mend) from None
    # Longer ones do not work everywhere.
    if not re.fullmatch(r"[!-~]{1,2000}", url) or parts.scheme not in schemes or not host:
        raise ArgumentError("url", f"is not a URL of {' or '.join(schemes)}", mend)
    if parts.username is not None or parts.password is not None:
        raise ArgumentError("url", "holds a user's name or a password, which everyone could read in the user data", "leave it out")


def _check_folder(folder: Optional[str]) -> None:
    if folder is None:
        return
    if len(folder) > 1000 or re.search(r"[\x00-\x1f\x7f\\]", folder) or any(part in ("", ".", "..") for part in folder.split("/")):
        raise ArgumentError("folder", f"{folder!r} is not a plain relative path", "write one like site-1.4/public")
    try:
        folder.encode()
    except UnicodeEncodeError:
        raise ArgumentError("folder", "is not text that UTF-8 can hold", "write one like site-1.4/public") from None
