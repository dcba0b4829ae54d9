"""The agencies' worker: everything that asks or acts outside, and what is sent to offices' own computers. No platform
key, no workflow.
"""

from __future__ import annotations

from activities.beacons import Beacons
from activities.boards import Boards
from activities.collect import Collect
from activities.consents import Consents
from activities.custodians import Custodians
from activities.deliver import Deliver
from activities.drafting import Drafting
from activities.exchange import Carriage
from activities.filings import Filings
from activities.lease_filings import LeaseFilings
from activities.money import Money
from activities.receiving import Receiving
from activities.select import Select
from activities.signatures import Signatures
from activities.unwinding import Settling
from activities.watching import Watching
from activities.webhooks import Webhooks
from contracts.fonts import Typeface
from domain.notices import Account
from domain.words import Agency
from law import rulebook
from mydata_connectors.applyhome import ApplyhomeBoard
from mydata_connectors.bank import BankDesk
from mydata_connectors.beacon import DrandBeacon
from mydata_connectors.bond import HousingBonds
from mydata_connectors.exchange import ExchangeOffice
from mydata_connectors.houses import BuildingBooks, house_register
from mydata_connectors.identity import ConsentDesk
from mydata_connectors.income import income_register
from mydata_connectors.lh import LhBoard
from mydata_connectors.open_data import OpenData
from mydata_connectors.registry import RegistryDesk
from mydata_connectors.residents import past_win_register, resident_register
from mydata_connectors.rtms import LeaseDesk
from mydata_connectors.savings import SavingsRegister
from mydata_connectors.wetax import Wetax
from onjip.settings import Settings
from onjip.temporal.client import connect
from onjip.temporal.worker import build_worker, ready_file, run_until_signal
from onjip.wiring import parts
from onjip.wiring.books import Books
from onjip.wiring.parts import Partners, Shared
from workflows._options import AGENCIES, WEBHOOKS

OFFICES = (
    Agency.APPLYHOME, Agency.LH, Agency.TRUST, Agency.RTMS, Agency.WETAX, Agency.BOND, Agency.BANK, Agency.REGISTRY,
)  # fmt: skip


async def run(settings: Settings) -> None:
    shared, outside = parts.shared(settings), parts.partners(settings)
    client = await connect(settings)
    methods = parts.methods(*_subscription(settings, shared, outside), *_deal(settings, shared, outside))
    worker = build_worker(client, AGENCIES, activities=methods, max_concurrent_activities=50)
    sending = parts.methods(Webhooks(shared.db, parts.receivers(settings)))
    async with build_worker(client, WEBHOOKS, activities=sending):
        await run_until_signal(worker, ready_file(settings.home, "agencies"))


def carriage(shared: Shared, outside: Partners) -> Carriage:
    offices = {agency: ExchangeOffice(outside.exchange(agency)) for agency in OFFICES}
    return Carriage(shared.db, offices, outside.lifetime)


def _subscription(settings: Settings, shared: Shared, outside: Partners) -> tuple[object, ...]:
    registers = (
        resident_register(outside.exchange(Agency.RESIDENTS)),
        past_win_register(outside.exchange(Agency.APPLYHOME)),
        SavingsRegister(outside.exchange(Agency.SAVINGS)),
        house_register(outside.exchange(Agency.HOUSES)),
        income_register(outside.exchange(Agency.INCOME)),
    )
    seen = (
        ApplyhomeBoard(outside.exchange(Agency.APPLYHOME), _open_data(settings, outside, Agency.APPLYHOME)),
        LhBoard(outside.exchange(Agency.LH), _open_data(settings, outside, Agency.LH)),
    )
    boards = {one.agency: one for one in seen}
    law = rulebook.load(settings.rulebook)
    carrying = carriage(shared, outside)
    trust, given = parts.trust(settings, outside), parts.random_source(settings)
    return (
        Collect(shared.db, shared.sealed, {one.agency: one for one in registers}),
        Consents(shared.db, shared.sealed, ConsentDesk(outside.exchange(Agency.IDENTITY))),
        Boards(shared.db, boards),
        Deliver(shared.db, shared.sealed, carrying),
        Custodians(shared.db, carrying, shared.documents),
        Beacons(shared.db, shared.documents, trust, DrandBeacon(given.url, outside.http) if given else None),
        Receiving(shared.db, shared.sealed, carrying, boards, trust),
        Select(shared.db, shared.sealed, shared.documents, trust, law),
    )


def _deal(settings: Settings, shared: Shared, outside: Partners) -> tuple[object, ...]:
    law = rulebook.load(settings.rulebook)
    poll = parts.poll(settings)
    registry = RegistryDesk(outside.exchange(Agency.REGISTRY))
    tax = Wetax(outside.exchange(Agency.WETAX))
    buildings = BuildingBooks(outside.exchange(Agency.HOUSES), _open_data(settings, outside, Agency.HOUSES))
    books = Books(buildings, registry)
    bank, number, holder = settings.deposit_holder
    return (
        Drafting(
            shared.db, shared.sealed, books, law, Account(bank=bank, number=number, holder=holder), settings.site,
            Typeface(),
        ),
        Signatures(shared.db, shared.sealed, parts.signing(shared, outside), poll),
        Money(
            shared.db, BankDesk(outside.exchange(Agency.BANK)), tax, HousingBonds(outside.exchange(Agency.BOND)),
            registry, poll,
        ),
        Settling(shared.db, BankDesk(outside.exchange(Agency.BANK))),
        Filings(shared.db, shared.sealed, shared.documents, carriage(shared, outside), law),
        LeaseFilings(
            shared.db, shared.sealed, shared.documents, carriage(shared, outside),
            LeaseDesk(outside.exchange(Agency.RTMS)), poll,
        ),
        Watching(shared.db, shared.sealed, books, tax, registry, poll),
    )  # fmt: skip


def _open_data(settings: Settings, outside: Partners, agency: Agency) -> OpenData:
    return OpenData(outside.url(agency), settings.open_data_key.get_secret_value(), outside.http)
