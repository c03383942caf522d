"""What a machine serves."""

from dataclasses import dataclass
from typing import Optional


@dataclass(kw_only=True, frozen=True)
class StaticSite:
    """Static files on nginx."""

    files: Optional[dict[str, str]] = None
    """Contents by path below the document root: `{"index.html": "<h1>Hello</h1>"}`. Packed into the user data, so keep it
    small (16 KiB in all on AWS). Defaults to one page that says which cloud, region and machine answered."""
