"""Filing the lines of a combined application at their agencies, as procedures see it."""

from __future__ import annotations

from uuid import UUID

from domain.applications import LineState
from domain.model import Model


class LineCarry(Model):
    """One line to be carried under one reference of ours, the same for every attempt."""

    line_id: UUID
    reference: str


class OpenLines(Model):
    """Lines of one application that no agency has answered yet."""

    line_ids: tuple[UUID, ...]


class LineDone(Model):
    """The agency's answer to one line; ``number`` is its receipt (접수증) or, refused, its reason."""

    line_id: UUID
    state: LineState
    number: str
