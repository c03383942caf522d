"""`python -m sandbox`: look into the stand-in clouds, change things behind Pulumi's back, make things fail."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
