"""Every table in one place: foreign keys resolve only when both ends are loaded, whichever process runs."""

from store.tables import (
    applications,
    cases,
    consents,
    contracts,
    draws,
    exchange,
    notices,
    people,
    transfers,
)
from store.tables.base import Table

MODULES = (applications, cases, consents, contracts, draws, exchange, notices, people, transfers)
METADATA = Table.metadata
