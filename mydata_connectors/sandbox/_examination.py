"""The registrar's checks, written from 등기법 §29 and computed from what was sent and what other agencies say.

Pure: the same papers give the same defects. The words for them stand in ``data/defects.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mydata_connectors.sandbox import _people
from mydata_connectors.sandbox._defects import Defect, defect
from mydata_connectors.sandbox._report_rules import same_home
from mydata_connectors.sandbox._transfer import Application, Found, Mandate, PartyIn, Sent

CAUSE, PURPOSE = "매매", "소유권이전"
GIVERS, TAKERS = ("seller", "supplier"), ("buyer",)


@dataclass(frozen=True)
class Evidence:
    """What the register itself and the other agencies say now. None: they hold nothing under that number.

    ``earlier`` are receipt numbers of applications for the same title that are still in process.
    """

    title: Mapping[str, Any] | None
    right_proof: bool
    certificate: Mapping[str, Any] | None
    tax: Mapping[str, Any] | None
    bond: Mapping[str, Any] | None
    standard_value: Mapping[str, Any] | None
    fee: Mapping[str, Any] | None
    earlier: tuple[str, ...] = ()


def examine(sent: Sent, evidence: Evidence) -> list[Defect]:
    """All defects, in the order in which an examiner reads the papers."""
    return [defect(code) for code in _codes(sent.application, sent.found, evidence)]


def _codes(app: Application, found: Found, evidence: Evidence) -> Iterator[str]:
    yield from _agent(app, found)
    yield from found.problems
    yield from _title(app, evidence)
    if found.terms:
        yield from _contract(app, found)
    yield from _report(app, found, evidence)
    yield from _tax(app, evidence)
    yield from _bond(app, evidence)
    fee = evidence.fee
    if fee is None or fee["state"] != "paid" or fee["unique_no"] != app.property.unique_no or fee["used"]:
        yield "fee_unpaid"
    if evidence.earlier:  # 등기법 §11③: in the order of receipt
        yield "already_pending"


def _agent(app: Application, found: Found) -> Iterator[str]:
    """등기법 §24①, 규칙 §46①5: an active judicial scrivener, with a mandate of each party."""
    person = _people.by_ref(app.agent_ref)
    if person is None or not person.has_role("scrivener"):
        yield "agent_not_scrivener"
    for role in ("obligor", "obligee"):
        if not all(any(_covers(m, app, party) for m in found.mandates) for party in app.of(role)):
            yield f"{role}_mandate_missing"


def _covers(mandate: Mandate, app: Application, party: PartyIn) -> bool:
    asked = (party.identity_ref, party.role, app.agent_ref, app.property.unique_no, app.cause, app.cause_date)
    given = (mandate.principal_ref, mandate.principal_role, mandate.agent_ref, mandate.unique_no, mandate.cause,
             mandate.cause_date)  # fmt: skip
    return asked == given and "apply" in mandate.powers


def _title(app: Application, evidence: Evidence) -> Iterator[str]:
    """Property, obligor and 등기필정보 against the register."""
    title, home = evidence.title, app.property
    if title is None:
        yield "title_unknown"
        return
    if home.lot_address != title["lot_address"] or not same_home(title, home.model_dump()):
        yield "property_differs"
    if not app.of("obligor") or not all(_is_owner(party, title) for party in app.of("obligor")):
        yield "obligor_differs"
    if not evidence.right_proof:
        yield "right_proof_wrong"


def _is_owner(party: PartyIn, title: Mapping[str, Any]) -> bool:
    """A company gives its right through an officer whom the officer register knows."""
    if title["owner_ref"] is not None:
        return bool(party.identity_ref == title["owner_ref"])
    officer = _people.by_ref(party.identity_ref)
    return officer is not None and officer.works_for(str(title["owner"]))


def _contract(app: Application, found: Found) -> Iterator[str]:
    """The application against the contract's own data, which all its signatures cover."""
    terms = found.terms
    if (app.cause, app.purpose, str(app.cause_date)) != (CAUSE, PURPOSE, terms.get("made_on")):
        yield "cause_differs"
    if app.price not in _prices(found.amendments[-1] if found.amendments else terms):
        yield "contract_price_differs"
    if not all(_signed(party, found) for party in app.parties) or not _same_parties(app, terms):
        yield "contract_parties_differ"
    home = terms.get("property")
    if not isinstance(home, dict) or not same_home(home, app.property.model_dump()):
        yield "contract_property_differs"


def _signed(party: PartyIn, found: Found) -> bool:
    """In person; or by an agent whom the contract names, confirmed by the party's own mandate that names this contract
    (민법 §114, §130)."""
    if party.identity_ref in found.contract_signers:
        return True
    listed = found.terms.get("parties")
    represented = [p.get("name") for p in listed if isinstance(p, dict) and p.get("agent")] if listed else []
    own = (party.identity_ref, found.contract_sha256)
    return party.name in represented and own in {(m.principal_ref, m.contract_sha256) for m in found.mandates}


def _prices(terms: Mapping[str, Any]) -> tuple[object, ...]:
    """With and without the options: which of them was reported is the certificate's question."""
    price, options = terms.get("price"), terms.get("option_price", 0)
    return (price, price + options) if isinstance(price, int) and isinstance(options, int) else (price,)


def _same_parties(app: Application, terms: Mapping[str, Any]) -> bool:
    """By name: the contract holds no identity references, its signatures do."""
    asked = [{party.organisation or party.name for party in app.of(role)} for role in ("obligor", "obligee")]
    return asked == [_names(terms, GIVERS), _names(terms, TAKERS)]


def _names(terms: Mapping[str, Any], roles: tuple[str, ...]) -> set[str]:
    parties = terms.get("parties")
    listed = [p for p in parties if isinstance(p, dict)] if isinstance(parties, list) else []
    return {str(p.get("organisation") or p.get("name")) for p in listed if p.get("role") in roles}


def _report(app: Application, found: Found, evidence: Evidence) -> Iterator[str]:
    """규칙 §124: the certificate in force. A tax base above its price: an option's cost was not reported."""
    certificate = evidence.certificate
    if certificate is None or certificate["state"] != "current":
        yield "report_not_current"
        return
    if found.contract_sha256 and certificate["contract_sha256"] != found.contract_sha256:
        yield "report_contract_differs"
    buyers = {p["identity_ref"] for p in certificate["parties"] if p["role"] in TAKERS}
    if buyers != {party.identity_ref for party in app.of("obligee")}:
        yield "report_parties_differ"
    if certificate["price"] != app.tax_base:
        yield "price_differs"
    elif certificate["price"] != app.price:
        yield "application_price_differs"


def _tax(app: Application, evidence: Evidence) -> Iterator[str]:
    """등기법 §29 10호: the tax of exactly this acquisition is paid before filing."""
    tax = evidence.tax
    reports = {app.report_no, *(evidence.certificate or {}).get("chain", [])}
    if tax is None or tax["report_no"] not in reports or tax["taxpayer_ref"] not in _buyers(app):
        yield "tax_unpaid"
    elif (tax["base"], tax["total"]) != (app.tax_base, app.tax_total):
        yield "tax_differs"


def _bond(app: Application, evidence: Evidence) -> Iterator[str]:
    """주택도시기금법 §8: bought on the city's standard value of this home."""
    value, bond = evidence.standard_value, evidence.bond
    if value is None or value["value"] != app.standard_value:
        yield "standard_value_differs"
    asked = {"unique_no": app.property.unique_no, "standard_value": app.standard_value, "amount": app.bond_amount}
    if bond is None or bond["buyer_ref"] not in _buyers(app) or asked != {name: bond[name] for name in asked}:
        yield "bond_unpaid"


def _buyers(app: Application) -> set[str]:
    return {party.identity_ref for party in app.of("obligee")}
