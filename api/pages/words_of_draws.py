"""What the codes about draws are called on pages: Korean, English."""

from __future__ import annotations

Pair = tuple[str, str]

AUTHORITY: dict[str, Pair] = {
    "ministry": ("국토교통부장관", "Minister of Land, Infrastructure and Transport"),
    "local_government": ("지방자치단체의 장 (시장·군수·구청장 등)", "Head of a local government"),
    "court": ("법원", "Court"),
}
RECORD: dict[str, Pair] = {
    "onjip-draw-void": ("추첨 무효 기록", "Record: void draw"),
    "onjip-draw-annulled": ("추첨 취소 기록", "Record: annulled draw"),
    "onjip-draw-corrected": ("추첨 숫자 정정 기록", "Record: corrected digits"),
    "onjip-draw-reserve": ("예비입주자 동·호수 추첨 기록", "Record: round of the wait-list"),
}

EXCLUSION: dict[str, Pair] = {
    "": ("제외되지 않음", "Not left out"),
    "applied_twice": ("중복 신청으로 제외 (주택공급에 관한 규칙 제4조)", "Left out: applied twice"),
    "rewin": ("재당첨 제한으로 제외", "Left out: earlier win"),
    "ineligible_ban": ("부적격 당첨 제한기간이라 제외", "Left out: ban after an ineligible win"),
    "disturbance_ban": ("공급질서 교란 제한기간이라 제외", "Left out: ban after a disturbance of supply"),
    "agency": ("접수기관이 제외", "Left out by the agency"),
}

# Facts behind a row of a draw, as their owner reads them.
OWN_FACT: dict[str, Pair] = {
    "local": ("해당 주택건설지역 거주", "Resident of the housing area"),
    "band": ("거주지역 구분", "Band of residence"),
    "homeless": ("무주택", "Without a home"),
    "homes": ("보유 주택 수", "Homes owned"),
    "rank": ("순위", "Rank"),
    "points": ("가점·배점", "Points"),
    "points_eligible": ("가점제 대상", "Takes part by points"),
    "priority": ("우선순위 단계", "Part of special supply"),
    "children": ("자녀 수", "Children"),
    "first_order": ("혼인기간 중 자녀", "Child of the marriage"),
    "floor": ("최하층 희망", "Wish for the lowest floor"),
    "account_opened": ("청약통장 가입일", "Account opened"),
    "amount_recognised": ("인정금액", "Recognised savings"),
    "payments_recognised": ("인정회차", "Recognised payments"),
    "homeless_three_years": ("3년 이상 무주택", "Three years without a home"),
    "born_on": ("생년월일", "Date of birth"),
    "region": ("거주지역", "Residence"),
    "received_at": ("접수한 때", "Received"),
}
