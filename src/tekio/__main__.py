"""`python -m tekio` is the `tekio` command."""

import sys

from tekio.cli import main

if __name__ == "__main__":
    sys.exit(main())
