"""The terms of one draw: the notice's numbers and the law's, resolved, so that anybody can run it again.

주택공급에 관한 규칙 제25조③⑦, 제26조①, 제26조의2①, 제27조②, 제28조②④⑦⑧, 제34조①, 제35조의3, 제40조, 제41조②③, 제43조,
제46조. Checked 2026-11-23.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.model import Model
from domain.words import HousingKind, Sha256, SupplyKind
from law.ceremony import BallGroup


class Key(StrEnum):
    """By what a part of a special supply is decided, before the lot. More or older comes first."""

    FIRST_ORDER = "first_order"  # newlyweds: with a child of the marriage (제41조①2)
    LOCAL = "local"  # resident of the housing area (제25조③)
    CHILDREN = "children"
    SCORE = "score"  # points of the kind's own table
    POINTS = "points"  # the 84 points of 가점제 (제46조②)
    ACCOUNT = "account"  # the longer account
    SAVINGS = "savings"  # 순차 (제27조②): years without a home, then savings or payments
    OLDER = "older"  # the earlier date of birth


class TypeBasis(Model):
    """One house type as the notice says it. ``lowest_floor``: the units that may be asked for (제51조)."""

    model_no: str
    exclusive_area: str
    units: dict[SupplyKind, int]
    unit_numbers: tuple[str, ...] = ()
    lowest_floor: tuple[str, ...] = ()


class Basis(Model):
    """What of the notice decides about the selection. Fields have the names that they have in the notice."""

    notice_id: str
    number: str
    version: int
    name: str
    notice_date: date
    approval_applied_on: date | None = None
    housing_kind: HousingKind
    supplier_public: bool = False
    region: str
    capital_area: bool
    regulated: bool
    overheated: bool | None
    greenbelt_site: bool = False
    large_site: bool = False
    large_site_local_pct: int | None = None
    points_share_pct: int | None
    wait_list_ratio_pct: int
    types: tuple[TypeBasis, ...]


class Tier(Model):
    """One part of a special supply: ``pct`` of the kind's units (rounded up; the last takes the rest).

    ``takes_part``: first parts whose people take part here. ``keys`` decide in their order, then the lot.
    """

    pct: int
    takes_part: tuple[int, ...]
    keys: tuple[Key, ...] = ()


class Stage(Model):
    """After this stage ``pct`` percent of the homes are given (rounded up), to residents up to ``band``."""

    pct: int
    band: int


class Waiting(Model):
    """Size of a wait-list: everybody below one demand, nobody below another, else ``pct`` of the homes, rounded up."""

    pct: int
    all_below_pct: int
    none_below_pct: int


class TypeLaw(Model):
    """The law's numbers for one house type."""

    points_pct: int
    by_payments: bool  # 국민주택 at or below the small area: number of payments decides, else the amount


class Law(Model):
    """The law's numbers for the whole notice."""

    types: dict[str, TypeLaw]
    tiers: dict[SupplyKind, tuple[Tier, ...]]
    stages: tuple[Stage, ...]  # general supply
    special_stages: tuple[Stage, ...]  # inside every part of a special supply
    left_by_lot: bool  # what special supply leaves goes to losers of its other kinds first (제25조⑦)
    lottery_homeless_pct: int  # 0: all take part in the lots alike
    tie_by_account: bool
    wait: Waiting
    wait_special: Waiting
    ceremony: tuple[BallGroup, ...]
    typed_by: tuple[str, ...]


class Custodian(Model):
    """A body that holds one share of the nonce. ``commitment``: to the share."""

    body: str
    commitment: Sha256


class Source(Model):
    """A public random source: drand's unchained rounds, one every ``period`` seconds from ``genesis`` (Unix seconds).

    ``public_key``: under which every round is signed (compressed point of BLS12-381 in G2, hexadecimal).
    """

    name: str
    public_key: str
    genesis: int
    period: Annotated[int, Field(ge=1)]

    def round_at(self, moment: datetime) -> int:
        """The first round that comes out at ``moment`` or later."""
        return max(0, -((self.genesis - math.ceil(moment.timestamp())) // self.period)) + 1


class Beacon(Model):
    """A public random source and its round, if the notice uses one."""

    source: Source
    round: int

    @property
    def out(self) -> int:
        """When the round comes out, in Unix seconds. Nobody knows its value before."""
        return self.source.genesis + (self.round - 1) * self.source.period

    @property
    def out_at(self) -> datetime:
        return datetime.fromtimestamp(self.out, UTC)


class Custody(Model):
    """Who holds the nonce: ``threshold`` of the custodians open it together, fewer learn nothing."""

    nonce_commitment: Sha256
    threshold: int
    custodians: tuple[Custodian, ...]
    beacon: Beacon | None = None


class Head(Model):
    """Everything fixed with the notice. Its digest enters the seed and both time stamps."""

    format: str = "onjip-draw"
    protocol: int = 2
    basis: Basis
    law: Law
    kinds: tuple[SupplyKind, ...]  # numbers of the rows; general supply is 0
    exclusions: tuple[str, ...]  # numbers of the rows; 0 is "not left out"
    small_pool: int  # pools of fewer applicants publish totals only
    rulebook: str
    rulebook_sha256: Sha256
    custody: Custody

    def digest_bytes(self) -> bytes:
        return bytes.fromhex(self.digest())

    def units(self, model: int, kind: int) -> int:
        return self.basis.types[model].units.get(self.kinds[kind], 0)
