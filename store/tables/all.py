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
    notices,
    people,
    reserve,
    transfers,
)
from store.tables.base import Table

MODULES = (
    applications, archive, cases, consents, contracts, devices, draws, exchange, notices, people, reserve, transfers,
)  # fmt: skip
METADATA = Table.metadata
