"""`python -I tools/language_host --executor FILE [ENGINE]`, started by the engine through `.multicloud/bin`.

Isolated from the project's folder and PYTHONPATH on purpose: a program has a `tools` of its own now and then.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from tools.language_host.server import serve  # noqa: E402

serve(sys.argv[1:])
