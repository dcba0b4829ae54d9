"""A short home for each stack: Unix paths stay short, and everything is gone afterwards unless something was wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onjip-e2e-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
