"""The last act on a contract: the platform's seal, then all evidence and an archive time stamp in one revision."""

from __future__ import annotations

import base64

from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from contracts import signing
from contracts.archiving import archive
from contracts.authorities import Authorities
from contracts.fields import PLATFORM
from contracts.platform_key import PlatformKey
from contracts.reading import read
from contracts.signing import open_contract
from domain.errors import WrongState


async def seal(pdf: bytes, key: PlatformKey, authorities: Authorities) -> bytes:
    """PAdES B-LTA, not verified yet. WrongState while a party has not signed, AgencyDown without evidence."""
    if open_contract(pdf).whose_turn() != [PLATFORM]:
        raise WrongState(
            "not_all_signed", field="pdf", ko="모든 당사자가 서명한 뒤에 봉인할 수 있습니다.",
            en="The contract can be sealed once every party has signed, and only once.",
        )  # fmt: skip
    return await add_seal(pdf, key, authorities)


async def add_seal(pdf: bytes, key: PlatformKey, authorities: Authorities) -> bytes:
    """The platform's signature, the evidence and the archive time stamp, whatever the file is worth."""
    opened, prepared = await signing.prepare(pdf, field=PLATFORM, chain=key.chain, authorities=authorities)
    signature = key.sign(base64.b64decode(prepared.signed_attrs))
    closed = await signing.finish(opened, prepared, signature, authorities)
    signatures = read(closed).signatures
    token = next(extract_tst_data_iter(signatures[-1].signer_info, signed=False))
    return await archive(closed, signatures, authorities, like=token)
