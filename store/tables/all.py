"""Every table in one place: foreign keys resolve only when both ends are loaded, whichever process runs."""

from store.tables import (
    applications,
    archive,
    cases,
    consents,
    contracts,
    devices,
    draws,
    exchange,
    leases,
    notices,
    people,
    reserve,
    transfers,
    webhooks,
)
from store.tables.base import Table

MODULES = (
    applications, archive, cases, consents, contracts, devices, draws, exchange, leases, notices, people, reserve,
    transfers, webhooks,
)  # fmt: skip
METADATA = Table.metadata
