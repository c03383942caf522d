"""`python3 -m tools COMMAND`. Until the version is checked, in a form that any Python 3 can read."""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")

if sys.version_info < OLDEST:
    found = [path for path in map(shutil.which, NEWER) if path]
    if found and not os.environ.get("MULTICLOUD_PYTHON"):
        os.environ["MULTICLOUD_PYTHON"] = found[0]
        os.execv(found[0], [found[0], "-m", "tools"] + sys.argv[1:])  # noqa: RUF005
    sys.exit(
        "\nerror: Python 3.11 or newer is needed, and %s is %s\n  mend: install one, or name it: `make PYTHON=/path/to/python3.11 ...`"  # noqa: UP031
        % (sys.executable, sys.version.split()[0])
    )

from tools.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
