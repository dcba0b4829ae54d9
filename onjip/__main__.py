"""``python -m onjip`` is ``onjip``."""

from onjip.cli import main

if __name__ == "__main__":
    main()
