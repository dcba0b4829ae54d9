"""Household income against the standard of the year (도시근로자 가구당 월평균소득).

주택공급에 관한 규칙 제41조①1라, 제43조①4·③4: a percentage of the previous year's average for the household's size;
three persons and fewer share one figure. Checked 2026-11-23. Percentages of the standard are rounded half up to the
won, as the notices print them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.words import Won
from law.household import missing_items
from law.wish import Wish


@dataclass(frozen=True, slots=True)
class HouseholdIncome:
    """``monthly`` None: cannot tell. ``dual``: both spouses earn."""

    monthly: Won | None
    dual: bool
    standard: Won | None
    missing: tuple[str, ...]

    def within(self, percent: int) -> bool | None:
        if self.monthly is None or self.standard is None:
            return None
        return self.monthly <= percentage(self.standard, percent)


def percentage(standard: Won, percent: int) -> Won:
    return (standard * percent + 50) // 100


def household_income(wish: Wish) -> HouseholdIncome:
    """Sum of applicant's and spouse's monthly averages, and the standard for the household's size."""
    applicant, missing = wish.applicant, list(missing_items(wish.applicant, "income"))
    size = applicant.size()
    if size is None:
        missing.append("household")
    row = wish.rulebook.find("income_standard", wish.day)
    standard = None if row is None or size is None else standard_for(row.value, size)
    if standard is None and size is not None:
        missing.append("income_standard")
    earned = [person.income.monthly_average for _, person in applicant.persons if person.income]
    known = not [name for name in missing if name.endswith("income") or name == "marriage"]
    stated = applicant.income is not None and applicant.income.dual_income
    dual = stated or (len(earned) > 1 and all(won > 0 for won in earned))
    return HouseholdIncome(sum(earned) if known else None, dual, standard, tuple(dict.fromkeys(missing)))


def standard_for(table: Mapping[object, Won], size: int) -> Won | None:
    """The figure for ``size`` persons; None where the year's table does not hold it."""
    sizes = [key for key in table if isinstance(key, int)]
    smallest, largest = min(sizes), max(sizes)
    further = table.get("per_further")
    if size > largest:
        return None if further is None else table[largest] + further * (size - largest)
    # Only a table that prints "three and fewer" may be used for smaller households.
    if size < smallest:
        return table[smallest] if further is not None else None
    return table.get(size)
