"""A static site on nginx: the user's own, or a page that says who answers. Pure."""

import html
import re

from ..errors import ArgumentError
from .bootstrap import Bootstrap
from .fetched import fetched
from .nginx import nginx
from .steps import READY, Steps, joined

DOCUMENT_ROOT = "/var/www/site"

_ROOT = f"""\
    root {DOCUMENT_ROOT};
    index index.html;
    charset utf-8;
"""

_NOT_READY = f"""\
    # Until the site is in place, nobody is sent here.
    if (!-f {READY}) {{
        return 503;
    }}
"""

_HEALTH = """\
    location = {path} {{
        access_log off;
        default_type text/plain;
        return {status}{body};
    }}
"""

_SITE = """\
    location / {{
        {ssi}try_files $uri $uri/ =404;
    }}
"""

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{component} on {cloud}</title>
<style>body {{ font: 1.2rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 32rem; padding: 0 1rem }} dt {{ opacity: .6 }}</style>
<h1>It works</h1>
<dl>
<dt>Component</dt><dd>{component}</dd>
<dt>Cloud</dt><dd>{cloud}</dd>
<dt>Region</dt><dd>{region}</dd>
<dt>Machine</dt><dd><!--# echo var="hostname" --></dd>
</dl>
</html>
"""


def served(machine: Bootstrap) -> Steps:
    """The site on nginx.

    Args:
        machine: The machine.

    Raises:
        ArgumentError: Below `site`, or at `health_check.path` or `health_check.expected_status`.
    """
    site, health_path, status = machine.site, machine.health_path, machine.status
    if site is not None:
        site.check()
    given = dict((site and site.files) or {})
    for path, content in given.items():
        _check_file(path, content, given)
    if site is not None and site.fetched:
        directives = _ROOT + _NOT_READY + _health_of_fetched(health_path, status) + _SITE.format(ssi="")
        return joined([nginx(machine, directives), fetched(machine, site.fetched, DOCUMENT_ROOT)])
    page = _PAGE.format(cloud=machine.cloud, region=machine.region, component=html.escape(machine.component))
    files = given or {"index.html": page}
    directives = _ROOT + _health(files, health_path, status) + _SITE.format(ssi="" if site else "ssi on;\n        ")
    return joined([Steps(files={f"{DOCUMENT_ROOT}/{path}": files[path] for path in sorted(files)}), nginx(machine, directives)])


def _check_file(path: str, content: str, files: dict[str, str]) -> None:
    where, parts = f"site.files[{path!r}]", path.split("/")
    if not path or path.startswith("/") or path.endswith("/") or any(part in ("", ".", "..") for part in parts):
        raise ArgumentError(
            where, "is not the path of a file below the document root", "write it relative, without . and .., like docs/index.html"
        )
    if re.search(r"[\x00-\x1f\x7f\\]", path) or any(len(part.encode(errors="replace")) > 255 for part in parts):
        raise ArgumentError(
            where, "has a control character, a backslash or a part of over 255 bytes", "take a plain name like docs/index.html"
        )
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    if taken := [other for other in above if other in files]:
        raise ArgumentError(where, f"{taken[0]} is a file and cannot be a folder, too", "rename one of the two")
    try:
        (path + content).encode()
    except UnicodeEncodeError:
        raise ArgumentError(where, "is not text that UTF-8 can hold", "give text; binary files do not fit into user data") from None


def _health(files: dict[str, str], url_path: str, status: int) -> str:
    """What answers the health path; nothing where the site has a page there, which then does."""
    path, where = url_path[1:], "health_check.expected_status"
    if path in files or (url_path.endswith("/") and f"{path}index.html" in files):
        if status != 200:
            raise ArgumentError(where, f"{status} is not what the site's page at {url_path} answers", "leave it out: a page answers 200")
        return ""
    if folder := [file for file in files if file.startswith(f"{path}/")]:
        raise ArgumentError(
            "health_check.path", f"{url_path} is a folder of the site, with {folder[0]}", "take a path that the site does not use"
        )
    return _answer(url_path, status)


def _health_of_fetched(url_path: str, status: int) -> str:
    """The same for a site that nobody has seen yet."""
    where = "health_check.expected_status"
    if url_path.endswith("/"):
        if status != 200:
            raise ArgumentError(where, f"{status} is not what the site's page at {url_path} answers", "leave it out: a page answers 200")
        return ""
    return _answer(url_path, status)


def _answer(url_path: str, status: int) -> str:
    """What answers the health path instead of the site."""
    if not 200 <= status <= 299:
        mend = "take a status from 200 to 299, or let the path be a page of the site"
        raise ArgumentError("health_check.expected_status", f"{status} is not what the machines answer at {url_path} themselves", mend)
    return _HEALTH.format(path=url_path, status=status, body=' "ok\\n"' if status == 200 else "")
