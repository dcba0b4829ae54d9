"""A short home for each test: Unix paths and process titles stay readable, and everything is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onjip-test-") as folder:
        yield Path(folder)
