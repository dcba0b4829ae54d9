"""Free loopback ports, kept from one start to the next so that bookmarks and tests find the same addresses."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Collection, Mapping

# Below the kernel's range for outgoing connections (32768…), so that no outgoing connection takes one meanwhile.
LOWEST, HIGHEST = 20000, 31999
LOOPBACK = "127.0.0.1"
# One address for each sandbox agency, in the order of ``domain.words.Agency``, all on one port; some to spare.
AGENCY_ADDRESSES = tuple(f"127.0.1.{n}" for n in range(1, 21))

ADDRESSES: Mapping[str, Collection[str]] = {
    "postgres": (LOOPBACK,),
    "temporal": (LOOPBACK,),
    "temporal_ui": (LOOPBACK,),
    "web": (LOOPBACK,),
    "sandbox": AGENCY_ADDRESSES,
}


def choose(kept: Mapping[str, int]) -> dict[str, int]:
    """A free port for each part: the kept one if it is still free, else another."""
    chosen: dict[str, int] = {}
    for name, addresses in ADDRESSES.items():
        port = kept.get(name, 0)
        if port in chosen.values() or not free(port, addresses):
            port = _another(addresses, chosen.values())
        chosen[name] = port
    return chosen


async def wait_for_kept(kept: Mapping[str, int], *, within_s: float) -> None:
    """Give the processes of a stack that was just killed the time to let go of their ports."""
    end = time.monotonic() + within_s
    while not all(free(port, ADDRESSES[name]) for name, port in kept.items() if name in ADDRESSES):
        if time.monotonic() > end:
            return
        await asyncio.sleep(0.05)


def free(port: int, addresses: Collection[str]) -> bool:
    """Whether every address can be listened on at ``port``."""
    return port > 0 and all(_can_listen(address, port) for address in addresses)


def _can_listen(address: str, port: int) -> bool:
    with socket.socket() as trial:
        # As servers do: a connection of the last run in TIME_WAIT is no obstacle, a listener is.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
            trial.listen()
        except OSError:
            return False
    return True


def _another(addresses: Collection[str], taken: Collection[int]) -> int:
    for _ in range(1000):
        port = random.randint(LOWEST, HIGHEST)  # noqa: S311 - no secret
        if port not in taken and free(port, addresses):
            return port
    raise RuntimeError(f"no free port between {LOWEST} and {HIGHEST} on {', '.join(addresses)}")
