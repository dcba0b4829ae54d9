"""``onjip reseal``: after the sealed key was changed, everything is sealed anew with the current one."""

from __future__ import annotations

from onjip.settings import Settings
from onjip.wiring import parts
from store.resealing import reseal


async def run(settings: Settings) -> dict[str, int]:
    db = parts.database(settings)
    try:
        return dict(await reseal(db, parts.sealed_box(settings)))
    finally:
        await db.close()
