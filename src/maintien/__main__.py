"""``python -m maintien``."""

import sys

from maintien.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
