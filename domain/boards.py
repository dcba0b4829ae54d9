"""Looking at the agencies' notice boards."""

from __future__ import annotations

from domain.model import Model
from domain.words import Agency


class BoardLook(Model):
    """Look at the notices of one agency."""

    agency: Agency


class BoardSeen(Model):
    """What one look found. ``changed``: new notices and newer versions. ``answered`` false: the board was down."""

    agency: Agency
    notices: int = 0
    changed: int = 0
    answered: bool = True


class BoardsSeen(Model):
    boards: tuple[BoardSeen, ...]
