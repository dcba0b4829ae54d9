"""One contract, three ways: what people read on the page, ``contract.json`` and ``contract.xml`` say the same, field by
field, for every form."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import contract_samples as samples
import pikepdf
import pytest

from contracts.render import AUTHORITIES, LEASE_KINDS, POWERS, SOURCES, render
from domain.contracts import ContractTerms
from domain.korean import day, moment, month, unit, won, won_in_words
from domain.other_drafts import PAYMENTS
from domain.words import Authority, ContractKind, LeaseKind, PartyRole, Power
from law.forms import form, special

# In the data only, each for its reason. Everything else stands on the page.
NOT_PRINTED = {
    "person_id": "our own number of a person", "region": "a code; the address says it", "notice_id": "our own id",
    "unit": "the page says 동 and 호 apart", "statements": "printed as the rows of the explanation",
    "switches": "printed as the special clauses that they stand for", "explains": "our own id",
    "explains_digest": "of the draft that is explained", "share": "of those who do not own: nothing to say",
}  # fmt: skip
# Lines above and below the text are not part of it. PDF points from the top of the page.
TOP, FIRST_TOP, HEIGHT = 56, 44, 728


def page_text(pdf: bytes, pages: int) -> str:
    """The words between the running lines of each page, without white space."""
    parts = []
    for number in range(1, pages + 1):
        top = FIRST_TOP if number == 1 else TOP
        crop = ["-x", "0", "-y", str(top), "-W", "596", "-H", str(HEIGHT + TOP - top)]
        command = ["pdftotext", "-raw", "-f", str(number), "-l", str(number), *crop, "-", "-"]
        parts.append(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode())
    return squeezed("".join(parts))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2060]", "", text)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of the data with the names that lead to it. Places in lists are not names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif value is not None and value != "":
        yield path, value


def written_as(path: tuple[str, ...], value: Any, terms: ContractTerms) -> set[str]:
    """What the page may say for this value."""
    name = path[-1]
    words: dict[str, dict[Any, str]] = {
        "kind": {**PAYMENTS, **{str(one): form.of(one).title for one in ContractKind},
                 **{str(one): LEASE_KINDS[one] for one in LeaseKind}},
        "original_kind": {str(one): form.of(one).title for one in ContractKind},
        "powers": {str(one): POWERS[one] for one in Power}, "source": SOURCES,
        "authority": {str(one): AUTHORITIES[one] for one in Authority},
        "role": {str(one): called(one, terms) for one in PartyRole},
        "may_delegate": {True: "둘 수 있음", False: "둘 수 없음"}, "rent_prepaid": {True: "선불", False: "후불"},
        "violation": {True: "위반건축물로", False: "아님"}, "time_shortened": {True: "time shortened", False: ""},
    }  # fmt: skip
    if name in words:
        return {words[name][value]}
    if path[-2:] == ("sections", "number"):
        return {"①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"[value - 1]}
    if isinstance(value, int):
        plain = {"version": f"버전 {value}", "order": f"서명 순서 {value}", "number": str(value),
                 "rent_day": f"매월 {value}일", "original_version": str(value)}  # fmt: skip
        return {plain[name]} if name in plain else {won(value), won_in_words(value)}
    return {_text(name, value)}


def _text(name: str, value: str) -> str:
    forms = {
        "move_in": month, "dong": lambda text: unit(text, "동"), "ho": lambda text: unit(text, "호"),
        "contract_id": lambda text: text.upper()[:13],
    }  # fmt: skip
    if name in forms:
        return forms[name](value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return day(date.fromisoformat(value))
    return moment(datetime.fromisoformat(value)) if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value) else value


def called(role: PartyRole, terms: ContractTerms) -> str:
    """``개업공인중개사(매도측)`` stands in two lines: the first is enough."""
    return (form.of(terms.kind).roles.get(role) or form.ROLES[role]).partition("(")[0]


def expected(terms: ContractTerms) -> Iterator[tuple[tuple[str, ...], Any]]:
    whole = terms.model_dump(mode="json")
    for path, value in leaves(whole):
        if not set(path) & set(NOT_PRINTED) or (path[-1] == "share" and value != "1/1"):
            yield path, value


@pytest.mark.parametrize("make", samples.ALL, ids=lambda make: make.__name__)
def test_every_field_stands_on_the_page(make: Any) -> None:
    terms = make()
    pdf, pages = render(terms)
    text = page_text(pdf, pages)
    running = squeezed(
        subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    )
    missing = []
    for path, value in expected(terms):
        where = running if path[-1] in ("version", "verify_code") else text
        if not any(squeezed(said) in where for said in written_as(path, value, terms)):
            missing.append((path, value))
    assert missing == []
    assert terms.digest() in running


@pytest.mark.parametrize("make", samples.ALL, ids=lambda make: make.__name__)
def test_the_data_inside_are_the_contract(make: Any) -> None:
    terms = make()
    with pikepdf.open(io.BytesIO(render(terms)[0])) as opened:
        raw = opened.attachments["contract.json"].get_file().read_bytes()
        xml = opened.attachments["contract.xml"].get_file().read_bytes()
        relations = {str(file.UF): str(file.AFRelationship) for file in opened.Root.AF}
    assert raw == terms.canonical()
    assert ContractTerms.model_validate_json(raw) == terms
    assert relations == {"contract.json": "/Data", "contract.xml": "/Alternative"}
    assert sorted(of_xml(ET.fromstring(xml))) == sorted(of_json(json.loads(raw)))  # noqa: S314 - our own file


def of_json(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from of_json(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from of_json(inner, (*path, "item"))
    else:
        text = "" if value is None else {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        yield path, text
    if isinstance(value, dict | list) and not value:
        yield path, ""


def of_xml(element: ET.Element, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Leaves of the XML by the same names; nothing, an empty text and an empty list look alike in XML."""
    for child in element:
        here = (*path, child.get("name") or "item")
        if len(child):
            yield from of_xml(child, here)
        else:
            yield here, child.text or ""


def test_a_field_that_is_not_printed_is_noticed() -> None:
    """The comparison above can fail: a page without the account, say."""
    pdf, pages = render(samples.sale())
    other = samples.sale(account=samples.LEASED.rent_account.model_copy(update={"number": "999-999"}))  # type: ignore[union-attr]
    text = page_text(pdf, pages)
    assert any(
        not any(squeezed(said) in text for said in written_as(path, value, other)) for path, value in expected(other)
    )


def test_switched_on_clauses_stand_in_the_contract() -> None:
    terms = samples.lease()
    assert terms.special_clauses == special.chosen(terms.kind, terms.switches, terms.explanation.rights)
