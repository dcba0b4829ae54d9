"""What a reason's sentence says for a value: the closed words of the rules in Korean and English, lists by their count.

Only sentences read these; comparisons, facts and answers keep the words of the schemas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

Pair = tuple[str, str]

BANDS: dict[str, Pair] = {
    "local": ("해당 지역", "same area"),
    "province": ("같은 시·도", "same province"),
    "zone": ("같은 권역", "same zone"),
    "none": ("해당 없음", "none"),
}
SUPPLY: dict[str, Pair] = {
    "general": ("일반공급", "general supply"),
    "newlywed": ("신혼부부 특별공급", "newlywed supply"),
    "first_home": ("생애최초 특별공급", "first-home supply"),
    "multi_child": ("다자녀 특별공급", "multi-child supply"),
    "elderly_parents": ("노부모부양 특별공급", "supply for those who keep elderly parents"),
    "newborn": ("신생아 특별공급", "newborn supply"),
    "youth": ("청년 특별공급", "youth supply"),
    "recommended": ("기관추천 특별공급", "supply on recommendation"),
    "newlywed_town": ("신혼희망타운", "newlywed town"),
}
LOT = ("추첨", "lot")
HOMES = {"public": ("국민주택", "public home"), "private": ("민영주택", "private home")}
AREAS = {"overheated": "투기과열지구", "adjusted": "청약과열지역(조정대상지역)", "shrinking": "위축지역"}
# By the term whose value it is: the same word means different things to different rules.
WORDS: dict[str, dict[str, Pair]] = {
    "bond_place": {
        "metro": ("특별시·광역시", "special or metropolitan city"),
        "other": ("그 밖의 지역", "elsewhere"),
    },
    "brokered_object": {
        "home": ("주택", "home"),
        "equipped_officetel": ("주거용 설비를 갖춘 오피스텔 (85㎡ 이하)", "officetel equipped for living, up to 85 m²"),
        "other": ("주택 외의 부동산", "other property"),
    },
    "channel": {
        "paper": ("방문신청", "on paper"),
        "eform": ("전자표준양식(e-Form)", "e-Form"),
        "electronic": ("전자신청", "electronic"),
    },
    "deposit_class": {
        "first": ("서울·부산", "Seoul or Busan"),
        "second": ("그 밖의 광역시", "another metropolitan city"),
        "third": ("특별시·광역시 외 지역", "elsewhere"),
    },
    "first_rank_area": {
        "shrinking": ("위축지역", "shrinking area"),
        "regulated": ("규제지역 (투기과열지구·청약과열지역)", "regulated area"),
        "regulated_other": ("수도권 외 규제지역", "regulated area outside the capital region"),
        "capital": ("수도권", "capital region"),
        "other": ("수도권 외 지역", "outside the capital region"),
    },
    "first_rank_method": {
        "sequence": ("순차제", "savings, in order"),
        "points_then_lot": ("가점제, 나머지는 추첨제", "points, then lot"),
    },
    "housing_kind": HOMES,
    "leftover_residence": {"area": ("해당지역", "housing area"), "zone": ("권역", "zone")},
    "local_as_soldier": BANDS,
    "marriage_ownership": {
        "none": ("소유한 사실 없음", "none"),
        "sold_before": ("기준일 전에 모두 처분", "all sold before the day that counts"),
        "held": ("소유한 사실 있음", "held"),
    },
    "points_tie": {
        "lot": LOT,
        "longer_account_then_lot": ("통장 가입기간이 긴 순, 같으면 추첨", "longer account, then lot"),
    },
    "public_form": {
        "general": ("일반형", "general form"),
        "share": ("나눔형", "shared-gain form"),
        "choice": ("선택형", "choice form"),
    },
    "receipt_group": {"local": ("해당지역", "local"), "other": ("기타지역", "other")},
    "relief_claimed": {
        "first_home": ("생애최초 주택 감면", "first-home relief"),
        "child_home": ("출산·양육 주택 감면", "relief for parents of a new child"),
        "unsold_regional": ("지방 준공 후 미분양 감면", "relief for unsold regional flats"),
        "decline_area": ("인구감소지역 감면", "relief in areas of falling population"),
        "small_home": ("서민주택 면제", "exemption of small cheap homes"),
        "fraud_victim": ("전세사기피해주택 감면", "relief for victims of lease fraud"),
        "other": ("그 밖의 감면", "another relief"),
    },
    "residence_band": BANDS,
    "second_rank_method": {"lot": LOT},
    "sequence_measure": {"amount": ("저축총액", "savings"), "payments": ("납입횟수", "number of payments")},
    "supply_kind": SUPPLY,
    "wait_list_call": {
        "lot_among_willing": ("참여 의사를 밝힌 사람끼리 추첨", "by lot among those who join"),
        "by_number": ("예비 순번 순", "by number"),
    },
    "wait_list_order": {"points_then_lot": ("가점 순, 나머지는 추첨", "by points, then by lot"), "lot": LOT},
    "wait_list_special_order": {"lot": LOT, "none": ("선정하지 않음", "none chosen")},
}


def topic(description: str, cite: str) -> str:
    """What a parameter is about, in Korean: its own Korean name, else the article."""
    names = re.findall(r"\(([^()]*[가-힣][^()]*)\)", description)
    return f"{names[0]} ({cite})" if names else cite


def korean(note: str) -> str:
    """A note as far as it is Korean; what is said in English only belongs to the English sentence."""
    plain = re.sub(r"\s*\([^()가-힣]*\)", "", note)
    return plain if re.match(r"[가-힣]", plain) else ""


def spoken(term: str, value: Any) -> Pair:
    """The value of a term as a sentence says it, in both languages. Never what a list or an object holds."""
    if value is None:
        return "–", "–"
    if isinstance(value, bool):
        return ("예", "yes") if value else ("아니요", "no")
    if isinstance(value, int):
        return f"{value:,}", f"{value:,}"
    if isinstance(value, str) and term in WORDS:
        return WORDS[term].get(value, (str(value), str(value)))
    if isinstance(value, tuple | list | Mapping):
        return f"{len(value):,}", f"{len(value):,}"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text, text
