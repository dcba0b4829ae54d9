"""Acts that both cases have in common: pay, approve, wait for a step, hand over, decide."""

from __future__ import annotations

from typing import Any

from onjip.demo.people import Person


async def pay_due(payer: Person, page_path: str, kind: str, number: int = 1) -> int:
    """Pay one due at the bank's own site: a bill by its payment number, else a transfer with the memo."""

    def find(page: dict[str, Any]) -> dict[str, Any] | None:
        return next((due for due in page["dues"] if (due["kind"], due["number"]) == (kind, number)), None)

    due = await payer.until(page_path, find, f"due {kind}")
    if due["payment_no"]:
        await payer.at(
            "bank", "/people/pay", {"payment_no": due["payment_no"], "amount": due["amount"]}, done="already_paid"
        )
    else:
        # The bank's own key: asked again after a lost answer, it is the same transfer.
        form = {"to_account": due["account"], "amount": due["amount"], "memo": due["memo"], "key": due["memo"]}
        await payer.at("bank", "/people/transfers", form)
    return int(due["amount"])


async def approve(person: Person, case_id: str, kind: str) -> None:
    """Say at Onjip that one is ready, then read and sign at the own signing service."""
    task = await person.task("approve", case_id=case_id, kind=kind)
    await person.post(f"/api/v1/approvals/{task['subject_id']}/approve")
    wanted = await person.get(f"/api/v1/approvals/{task['subject_id']}")
    await person.sign_at_signing_service(wanted["body_sha256"])


async def publish(officer: Person, notice: dict[str, Any]) -> str:
    """The notice's id, once people may apply: the agency that receives their applications has it."""
    made = await officer.post("/api/v1/notices", notice)

    def find(page: dict[str, Any]) -> str | None:
        return str(page["id"]) if page["state"] == "open" else None

    return await officer.until(f"/api/v1/notices/{made['id']}", find, "publication")


async def await_step(person: Person, case_id: str, step: str, times: int = 1) -> str:
    """Reference of a step once the case's timeline shows it for the ``times``-th time."""

    def find(page: dict[str, Any]) -> str | None:
        lines = [line for line in page["timeline"] if line["step"] == step]
        return str(lines[times - 1]["reference"]) if len(lines) >= times else None

    return await person.until(f"/api/v1/cases/{case_id}", find, f"step {step}")


async def choose_scrivener(buyer: Person, transfer_id: str, scrivener: Person) -> None:
    body = {"scrivener_code": scrivener.me["code"]}
    await buyer.post(f"/api/v1/transfers/{transfer_id}/scrivener", body)


async def give_right_proof(owner: Person, transfer_id: str, unique_no: str) -> None:
    """The owner takes serial and one password from the registry's own site and hands them over, sealed."""
    rights = await owner.look("registry", "/people/rights")
    right = next(one for one in rights["items"] if one["unique_no"] == unique_no)
    number, password = next(iter(right["passwords"].items()))
    body = {"serial": right["serial"], "password_no": int(number), "password": password}
    await owner.post(f"/api/v1/transfers/{transfer_id}/right-proof", body)


async def order_correction(registrar: Person, receipt_no: str) -> None:
    """The registrar finds the defects that there are, and orders their cure, at the registry's own site."""
    await registrar.at("registry", f"/people/registrar/{receipt_no}/correction", {}, done="correction_open")


async def register(registrar: Person, receipt_no: str) -> None:
    """The registrar finds nothing in the way, and registers."""
    await registrar.at("registry", f"/people/registrar/{receipt_no}/register", {}, done="decided_already")
