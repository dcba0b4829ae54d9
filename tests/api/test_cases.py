"""A case shows each of its people what is theirs to see."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from store import cases

if TYPE_CHECKING:
    from tests.api.conftest import Make, Site

SEARCH = ("consent:1:given", "facts_collected", "assessed:1", "applied:1", "filed:1", "delivered:1", "closed:lh-1")
DEAL = ("awarded:1", "finding:1", "explained:1", "checked:1", "signed:1:buyer_1", "refused:report:1")


async def test_who_joins_for_one_home_does_not_see_the_search_for_it(site: Site, make: Make) -> None:
    """Where else a household applied and what its registers said is not the supplier's or the scrivener's matter."""
    haneul, seojun, officer, scrivener = [await site.browser(name) for name in ("김하늘", "이서준", "오지훈", "강도윤")]
    case_id = UUID(await make.case(haneul))
    async with site.db.transaction() as session:
        for person, role in ((seojun, "spouse"), (officer, "supplier"), (scrivener, "scrivener")):
            await cases.add_member(session, case_id, person.id, role)
        for key in (*SEARCH, *DEAL):
            await cases.record(session, case_id, key, ko=key, en=key)
        await cases.record(session, case_id, "refused:1", ko="접수 거절", en="refused", agency="lh")
    for person in (haneul, seojun):
        shown = (await person.get(f"/cases/{case_id}")).json()
        assert {*SEARCH, *DEAL, "접수 거절"} <= {line["ko"] for line in shown["timeline"]}
        assert len(shown["members"]) == 4
    for person in (officer, scrivener):
        shown = (await person.get(f"/cases/{case_id}")).json()
        assert [line["ko"] for line in shown["timeline"]] == list(DEAL)
        assert "이서준" not in {member["name"] for member in shown["members"]}
