"""The transfer packet: every document of the attachment matrix (등기규칙 제46조) that this case has, by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.kinds import word
from domain.filings import PacketItem
from domain.model import canonical_json
from domain.work import PacketWanted
from store import amendments, contracts, transfers
from store.tables.transfers import TransferRow

PROOFS = {
    "stamp": ("stamp_receipt", "인지세법 제8조제1항", "bank"),
    "tax": ("tax_receipt", "등기규칙 제44조제1항", "wetax"),
    "bond": ("bond_receipt", "등기규칙 제44조제2항", "bond"),
    "fee": ("fee_receipt", "등기법 제22조제3항", "registry"),
    "balance": ("balance_proof", "등기특별조치법 제2조제1항", "bank"),
}


@dataclass(frozen=True)
class Gathered:
    """``inline`` items carry their bytes; ``stored`` ones are in the document store."""

    inline: tuple[tuple[PacketItem, bytes], ...]
    stored: tuple[PacketItem, ...]
    head: dict[str, Any]


async def gather(session: AsyncSession, wanted: PacketWanted) -> Gathered:
    row = await transfers.transfer(session, wanted.transfer_id)
    contract = await contracts.contract(session, row.contract_id)
    deed = PacketItem(
        path="contract.pdf", document="contract", sha256=contract.document_sha256 or "",
        article="등기규칙 제46조제1항제1호", source="onjip",
    )  # fmt: skip
    inline = [
        _json(
            "application.json", "application", "등기규칙 제43조", "onjip", await _signed(session, row, wanted.approval)
        ),
        _json("mandates.json", "mandate", "등기규칙 제46조제1항제5호", "onjip", await _signed(session, row, "mandate")),
        *_reports(row),
    ]
    for kind, (document, article, source) in PROOFS.items():
        dues = await transfers.paid_dues(session, row.id, kind)
        if dues:
            proofs = [due.proof for due in dues]
            inline.append(_json(f"{document}.json", document, article, source, proofs))
    changed = [
        PacketItem(
            path=f"amendment-{number}.pdf", document="amendment", sha256=one.document_sha256 or "",
            article="등기규칙 제46조제1항제1호", source="onjip",
        )
        for number, one in enumerate(await amendments.sealed(session, contract.id), 1)
    ]  # fmt: skip
    head = {"format": "onjip-transfer-packet/1", "application": wanted.approval, "contract_sha256": deed.sha256}
    return Gathered(inline=tuple(inline), stored=(deed, *changed), head=head)


def _reports(row: TransferRow) -> Iterable[tuple[PacketItem, bytes]]:
    """신고필증 and every reissue; the last one is in force (등기규칙 제124조)."""
    names = [name for name in row.record if word(name.removeprefix("answer:")) in ("report", "change_report")]
    for number, answer in enumerate(sorted((row.record[name] for name in names), key=lambda one: str(one["at"])), 1):
        yield _json(f"report-{number}.json", "report_certificate", "등기규칙 제124조제2항", "rtms", answer)


# A body that holds a secret stands here without it; its exact text goes to the registry beside the packet.
async def _signed(session: AsyncSession, row: TransferRow, kind: str) -> list[dict[str, Any]]:
    return [
        {"role": one.role, "body": one.body, "body_sha256": one.body_sha256, "cms": one.cms}
        for one in await contracts.approvals(session, row.id, kind)
        if one.state == "signed"
    ]


def _json(path: str, document: str, article: str, source: str, value: object) -> tuple[PacketItem, bytes]:
    data = canonical_json(value)
    sha256 = hashlib.sha256(data).hexdigest()
    return PacketItem(path=path, document=document, sha256=sha256, article=article, source=source), data


async def keep(session: AsyncSession, wanted: PacketWanted, sha256: str, items: tuple[PacketItem, ...]) -> None:
    listed = {"items": [item.model_dump(mode="json") for item in items]}
    row = await transfers.note(session, wanted.transfer_id, "packet", listed)
    row.packet_sha256 = sha256
    session.add(row)
