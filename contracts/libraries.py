"""What must be true of the libraries before a certificate is touched. Called where work begins, never at import."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from contracts import asn1_shim, pdf_shim

T = TypeVar("T")

# They log certificates' subjects, which are people's names, whenever a signature does not verify.
TALKATIVE = ("pyhanko", "pyhanko_certvalidator")
SILENT = logging.CRITICAL + 1
# A layout makes some hundred thousand objects and drops nearly all: looking through the young ones every 700 (the
# default) finds the same garbage, and costs a twentieth of a contract.
YOUNG = 10_000


def prepare() -> None:
    """Repair asn1crypto and pyHanko, and keep people's names out of the logs. Safe to call again."""
    asn1_shim.install()
    pdf_shim.install()
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(SILENT)


def settle() -> None:
    """Call once where contracts are made again and again, with all loaded: what is there by now stays as long as the
    process, and the garbage collector, which every contract calls for, looks at it no more, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``, for callers that are not coroutines, also where a loop runs already (it then waits)."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
