"""``onjip contract verify`` on a really sealed contract: from the file and the trust list alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from onjip.bench.pki import Pki
from tests.contracts import contract_samples as samples
from tests.contracts.conftest import Signing, works_on
from tests.contracts.contract_attacks import revise
from tests.contracts.contract_tampering import over_page

PARTIES = ("김하늘", "신예린", "온집")


@pytest.fixture(scope="module")
async def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sealed contract, a forged one, and the trust list."""
    folder, pki = tmp_path_factory.mktemp("contract"), Pki()
    platform = pki.person("온집", organisation="온집")
    sealed = (await Signing(pki, platform, works_on(pki, platform)).revisions(samples.supply()))[-1]
    (folder / "contract.pdf").write_bytes(sealed)
    (folder / "forged.pdf").write_bytes(revise(sealed, over_page))
    (folder / "trust.pem").write_bytes(pki.trust_pem)
    return folder


def verify(files: Path, name: str, *more: str) -> tuple[int, str]:
    """Exit code and words, in an empty folder of its own: nothing else is needed."""
    command = [sys.executable, "-m", "onjip", "contract", "verify", str(files / name)]
    command += ["--trust", str(files / "trust.pem"), *more]
    done = subprocess.run(command, cwd=files, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_it_says_who_signed_and_that_it_stands(files: Path) -> None:
    code, said = verify(files, "contract.pdf")
    assert code == 0
    assert "유효합니다" in said
    assert [said.index(name) for name in PARTIES] == sorted(said.index(name) for name in PARTIES), "in their order"
    assert "시험 시점확인센터" in said
    assert '"price"' not in said


def test_the_data_inside_can_be_read(files: Path) -> None:
    code, said = verify(files, "contract.pdf", "--data")
    assert code == 0
    assert '"price": 892340001' in said


def test_a_forged_one_does_not_stand(files: Path) -> None:
    code, said = verify(files, "forged.pdf")
    assert code == 1
    assert "유효하지 않습니다" in said
    assert "changed_page" in said
