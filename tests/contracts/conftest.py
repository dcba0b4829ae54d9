"""One hierarchy, one signed sale and one signed supply contract for all tests of this folder."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))

import contract_samples

from contracts.works import Works
from domain.contracts import ContractTerms
from onjip.bench.pki import Holder, Pki


@dataclass
class Signing:
    """A deployment of the documents' port on the test hierarchy, with people who hold their own keys."""

    pki: Pki
    platform: Holder
    works: Works
    people: dict[str, Holder] = field(default_factory=dict)

    def holder(self, name: str) -> Holder:
        if name not in self.people:
            self.people[name] = self.pki.person(name)
        return self.people[name]

    async def sign(self, pdf: bytes, name: str, field_name: str, holder: Holder | None = None) -> bytes:
        """What happens in life: digest out, signature back."""
        who = holder or self.holder(name)
        opened, prepared = await self.works.prepare(pdf, field=field_name, chain=who.der[:2])
        return await self.works.finish(opened, prepared, who.sign(base64.b64decode(prepared.signed_attrs)))

    async def revisions(self, terms: ContractTerms) -> list[bytes]:
        """The unsigned file, the file after each party's signature, and the sealed one."""
        files = [(await self.works.render(terms))[0]]
        for party in sorted(terms.parties, key=lambda one: one.order):
            files.append(await self.sign(files[-1], party.name, party.field))
        return [*files, (await self.works.seal(files[-1]))[0]]


def works_on(pki: Pki, platform: Holder) -> Works:
    return Works(pki, platform.pem, platform.der[:2], pki.root.der[:1])


@pytest.fixture(scope="session")
def deployment() -> Callable[[], Signing]:
    """A fresh deployment, for tests that revoke or break something."""

    def build() -> Signing:
        pki = Pki()
        platform = pki.person("온집", organisation="온집")
        return Signing(pki, platform, works_on(pki, platform))

    return build


@pytest.fixture(scope="session")
def signing(deployment: Callable[[], Signing]) -> Signing:
    return deployment()


@pytest.fixture(scope="session")
async def sale_files(signing: Signing) -> Sequence[bytes]:
    """A sale by four parties: index 0 unsigned, 1–4 after each signature, 5 sealed."""
    return await signing.revisions(contract_samples.sale())


@pytest.fixture(scope="session")
async def supply_files(signing: Signing) -> Sequence[bytes]:
    return await signing.revisions(contract_samples.supply())


@pytest.fixture(scope="session")
def sealed(sale_files: Sequence[bytes]) -> bytes:
    return sale_files[-1]


@pytest.fixture(scope="session")
def trust_pem(signing: Signing) -> bytes:
    return signing.pki.trust_pem
