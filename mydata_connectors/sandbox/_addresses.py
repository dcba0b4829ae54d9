"""Where the agencies listen: each on its own loopback address, all on one port."""

from __future__ import annotations

NAMES = (
    "identity", "applyhome", "lh", "residents", "savings", "houses", "income", "signing", "trust", "rtms", "wetax",
    "bond", "bank", "registry",
)  # fmt: skip


def address(name: str) -> str:
    return f"127.0.1.{NAMES.index(name) + 1}"


def base_url(name: str, port: int) -> str:
    return f"http://{address(name)}:{port}"
