"""The documents worker: rendering, sealing, archiving, verifying, packing. The only process with the platform's key."""

from __future__ import annotations

from activities.archiving import Archiving
from activities.documents import Documents
from activities.previews import Previews
from activities.records import Records
from contracts import libraries
from contracts.works import Works
from law import rulebook
from onjip.settings import Settings
from onjip.temporal.client import connect
from onjip.temporal.worker import build_worker, ready_file, run_until_signal
from onjip.wiring import parts
from workflows._options import DOCUMENTS

CONCURRENT = 4  # CPU work: more at once only waits


async def run(settings: Settings) -> None:
    shared, outside = parts.shared(settings), parts.partners(settings)
    trust = parts.trust(settings, outside)
    works = Works(
        trust,
        settings.platform_key.read_bytes(),
        parts.pem(settings.platform_certificate.read_bytes()),
        parts.trust_list(settings),
    )
    signing = parts.signing(shared, outside)
    law = rulebook.load(settings.rulebook)
    documents = Documents(shared.db, shared.sealed, shared.documents, works, signing, law)
    archiving = Archiving(shared.db, shared.documents, works)
    records = Records(shared.db, shared.documents, trust, works)
    client = await connect(settings)
    previews = Previews(shared.db, shared.documents, works)
    activities = parts.methods(documents, archiving, previews, records)
    worker = build_worker(client, DOCUMENTS, activities=activities, max_concurrent_activities=CONCURRENT)
    libraries.settle()
    await run_until_signal(worker, ready_file(settings.home, "documents"))
