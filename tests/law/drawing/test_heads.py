"""The head of a draw: every number from the law of the notice date, refused where it cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.errors import Invalid
from domain.notices import Notice
from domain.words import SupplyKind
from law.drawing.heads import lawful, make_head
from law.drawing.lottery import ceil_share
from law.drawing.terms import Custody, Key
from law.rulebook import load
from tests.law.drawing.draw_world import CUSTODY, head_of

Build = Callable[..., Notice]


@pytest.mark.parametrize(
    ("area", "terms", "homes"),
    [
        ("59", {"regulated": True, "overheated": True}, 14), ("84", {"regulated": True, "overheated": True}, 24),
        ("101", {"regulated": True, "overheated": True}, 27), ("101", {"regulated": True, "overheated": False}, 17),
        ("60", {"regulated": True}, 14), ("60.01", {"regulated": True}, 24), ("59", {}, 0),
        ("59", {"points_share_pct": 40}, 14), ("101", {"points_share_pct": 40}, 0),
        ("59", {"regulated": True, "housing_kind": "public"}, 0),
    ],
)  # fmt: skip
def test_homes_by_points_of_thirty_three(build_notice: Build, area: str, terms: dict[str, Any], homes: int) -> None:
    head = head_of(build_notice(date(2026, 10, 1), exclusive_area=area, **terms))
    assert ceil_share(33, head.law.types["01"].points_pct) == homes


def test_a_head_is_worked_out_again_from_what_it_says(build_notice: Build) -> None:
    for terms in ({}, {"regulated": True, "overheated": True}, {"housing_kind": "public"}):
        head = head_of(build_notice(**terms))
        assert lawful(head)
        assert lawful(head.model_validate_json(head.model_dump_json()))
        assert lawful(head.model_copy(update={"rulebook_sha256": "0" * 64}))  # a longer rulebook says the same
        for change in ({"small_pool": 50}, {"kinds": head.kinds[:1]}, {"exclusions": ("",)}, {"rulebook": "../x"}):
            assert not lawful(head.model_copy(update=change)), change
        law = head.law.model_copy(update={"lottery_homeless_pct": 0 if head.law.lottery_homeless_pct else 75})
        assert not lawful(head.model_copy(update={"law": law}))


def test_large_sites_fill_by_residence(build_notice: Build) -> None:
    stages = {
        region: [(one.pct, one.band) for one in head_of(build_notice(region=region, large_site=True)).law.stages]
        for region in ("41290", "11680")
    }
    assert stages == {"41290": [(30, 0), (50, 1), (100, 2)], "11680": [(50, 0), (100, 2)]}
    usual = head_of(build_notice()).law
    assert [(one.pct, one.band) for one in usual.stages] == [(100, 0), (100, 2)]
    assert Key.LOCAL in usual.tiers[SupplyKind.NEWLYWED][0].keys
    assert Key.LOCAL not in head_of(build_notice(large_site=True)).law.tiers[SupplyKind.NEWLYWED][0].keys


@pytest.mark.parametrize(
    ("as_of", "terms", "kind", "parts"),
    [
        (date(2026, 10, 1), {}, "newlywed", [(50, (0,)), (20, (0, 1)), (30, (0, 1, 2))]),
        (date(2025, 4, 1), {}, "newlywed", [
            (25, (0,)), (10, (0, 1)), (25, (0, 2)), (10, (0, 1, 2, 3)), (30, (0, 1, 2, 3, 4))]),
        (date(2026, 10, 1), {}, "newborn", [(50, (0,)), (20, (0, 1)), (30, (0, 1, 2))]),
        (date(2026, 10, 1), {}, "multi_child", [(100, (0,))]),
        (date(2026, 10, 1), {}, "recommended", [(100, (0,))]),
        (date(2026, 10, 1), {"housing_kind": "public", "supplier_public": True}, "first_home", [
            (70, (0,)), (20, (0, 1)), (10, (0, 1, 2))]),
    ],
)  # fmt: skip
def test_parts_of_special_supply(
    build_notice: Build, as_of: date, terms: dict[str, Any], kind: str, parts: list[tuple[int, tuple[int, ...]]]
) -> None:
    law = head_of(build_notice(as_of, units={"general": 5, kind: 5}, **terms)).law
    assert [(tier.pct, tier.takes_part) for tier in law.tiers[SupplyKind(kind)]] == parts


def test_keys_inside_a_part(build_notice: Build) -> None:
    def keys(kind: str, as_of: date = date(2026, 10, 1), **terms: Any) -> list[str]:
        law = head_of(build_notice(as_of, units={"general": 1, kind: 5}, **terms)).law
        return [",".join(tier.keys) for tier in law.tiers[SupplyKind(kind)]]

    assert keys("newlywed") == ["first_order,local,children"] * 2 + ["local"]
    assert keys("multi_child") == ["local,score,children,older"]
    assert keys("elderly_parents") == ["local,points,account"]
    assert keys("elderly_parents", date(2024, 3, 24)) == ["local,points"]
    assert keys("elderly_parents", housing_kind="public", supplier_public=True) == ["local,savings", "local"]
    assert keys("first_home") == ["local"] * 3
    assert keys("recommended") == [""]


@pytest.mark.parametrize(
    ("as_of", "wait", "special"),
    [(date(2026, 10, 1), (500, 600), (500, 600)), (date(2022, 6, 1), (40, 140), (40, 140))],
)
def test_wait_lists(build_notice: Build, as_of: date, wait: tuple[int, int], special: tuple[int, int]) -> None:
    law = head_of(build_notice(as_of, wait_list_ratio_pct=0)).law
    assert (law.wait.pct, law.wait.all_below_pct) == wait
    assert (law.wait_special.pct, law.wait_special.all_below_pct) == special
    assert head_of(build_notice(as_of, wait_list_ratio_pct=700)).law.wait.pct == 700


@pytest.mark.parametrize(
    ("as_of", "terms", "field"),
    [
        (date(2026, 10, 1), {"points_share_pct": 41}, "points_share"),
        (date(2026, 10, 1), {"units": {"general": 2}, "unit_numbers": ("1",)}, "unit_numbers"),
        (date(2026, 10, 1), {"units": {"general": 2}, "unit_numbers": ("1", "1")}, "unit_numbers"),
        (date(2026, 10, 1), {"units": {"general": 2}, "lowest_floor": ("1",)}, "lowest_floor"),
        (date(2026, 10, 1), {"units": {"general": 2, "newlywed": -1}}, "unit_numbers"),
        (date(2020, 6, 1), {"units": {"general": 2, "newborn": 1}}, "newborn"),
        (date(2020, 6, 1), {"units": {"general": 2, "first_home": 1}}, "first_home"),
        (date(2026, 10, 1), {"large_site": True, "region": "36110"}, "large_site_local_share"),
        (date(2023, 4, 3), {"regulated": True, "overheated": True}, "approval_applied_on"),
    ],
)  # fmt: skip
def test_refused_before_anybody_applies(build_notice: Build, as_of: date, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid, match="bad_selection_terms") as refused:
        head_of(build_notice(as_of, **terms))
    assert refused.value.field == field


def test_the_day_of_the_application_for_approval_decides_after_a_change(build_notice: Build) -> None:
    terms = {"regulated": True, "overheated": True}
    shares = [
        head_of(build_notice(date(2023, 4, 3), approval_applied_on=day, **terms)).law.types["01"].points_pct
        for day in (date(2023, 3, 31), date(2023, 4, 1))
    ]
    assert shares == [100, 70]


@pytest.mark.parametrize(
    "change",
    [{"threshold": 1}, {"threshold": 4}, {"custodians": CUSTODY.custodians[:1]},
     {"custodians": (CUSTODY.custodians[0],) * 3}],
)  # fmt: skip
def test_the_nonce_is_in_several_hands(build_notice: Build, change: dict[str, Any]) -> None:
    custody: Custody = CUSTODY.model_copy(update=change)
    with pytest.raises(Invalid, match="bad_custody"):
        make_head(build_notice(), custody, load("normal"))
    assert not lawful(head_of(build_notice()).model_copy(update={"custody": custody}))
