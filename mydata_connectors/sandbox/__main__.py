"""``python -m mydata_connectors.sandbox --home DIR --port P --client-jwk FILE [--only a,b]``: all agencies.

One process per agency, forked from this launcher after everything was imported once. A child that dies is
started again; all of them die with the launcher. ``SANDBOX_CONTROL_TOKEN`` opens the control side.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from mydata_connectors.sandbox import _app, _keys
from mydata_connectors.sandbox._addresses import NAMES
from mydata_connectors.sandbox._launcher import Launcher


def main(find: Callable[[str], _app.Maker | None] = _app.maker) -> int:
    """``find`` gives the maker of an agency by its name."""
    parser = argparse.ArgumentParser(prog="python -m mydata_connectors.sandbox")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--client-jwk", type=Path, required=True, help="public JWK of the client 'onjip'")
    parser.add_argument("--only", default="", help="comma-separated agencies; default: all")
    parser.add_argument("--agencies-file", type=Path, help="default: HOME/agencies.json")
    args = parser.parse_args()
    wanted = tuple(args.only.split(",")) if args.only else NAMES
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        parser.error(f"no such agency: {', '.join(unknown)}")
    args.home.mkdir(parents=True, exist_ok=True)
    makers = {name: make for name in wanted if (make := find(name)) is not None}
    for name in wanted:
        if name not in makers:
            sys.stderr.write(f"sandbox: {name} is not built yet, skipped\n")
    launcher = Launcher(
        home=args.home, port=args.port, makers=makers, onjip=_keys.client_key(args.client_jwk),
        control_token=os.environ.get("SANDBOX_CONTROL_TOKEN", ""),
        agencies_file=args.agencies_file or args.home / "agencies.json",
    )  # fmt: skip
    return launcher.run()


if __name__ == "__main__":
    sys.exit(main())
