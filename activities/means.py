"""By what a person signs, and for what that signature can be used later: kept and told before anybody signs."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.time import now, seoul_date
from domain.words import ContractKind, Outcome, SigningMeans
from domain.work import Turn
from law.rulebook import Rulebook
from law.sale import signatures
from store import cases, contracts
from store.tables.contracts import SignerRow
from store.tables.devices import CertificateRow

MEANS_WORDS: dict[str, tuple[str, str]] = {
    SigningMeans.REMOTE_SERVICE: ("전자서명 서비스", "a signing service"),
    SigningMeans.BROWSER_KEY: ("브라우저 인증서", "the key of a browser"),
    SigningMeans.JOINT_CERTIFICATE: ("공동인증서", "a joint certificate"),
}


async def choose_means(session: AsyncSession, law: Rulebook, signer: SignerRow, turn: Turn) -> None:
    """The signer's row is locked. Where an office will not take the signature, the timeline names the way on paper."""
    means = SigningMeans.REMOTE_SERVICE
    if turn.certificate:
        means = SigningMeans((await session.get_one(CertificateRow, turn.certificate)).means)
    row = await contracts.contract(session, turn.contract_id)
    uses = signatures.uses(law, means, ContractKind(row.kind), seoul_date(now()))
    signer.means, signer.certificate_sha256 = means, turn.certificate or None
    signer.uses = [use.model_dump(mode="json") for use in uses]
    session.add(signer)
    doubted = [use for use in uses if use.decision.outcome is not Outcome.YES]
    if doubted:
        ko, en = MEANS_WORDS[means]
        await cases.record(
            session, row.case_id, f"{contracts.line_key(row, 'means')}:{turn.field}:{turn.round}", agency="signing",
            ko=" ".join((f"{ko}(으)로 서명합니다.", *(use.ko for use in doubted))),
            en=" ".join((f"Signing with {en}.", *(use.en for use in doubted))),
        )  # fmt: skip
