"""Draws that an authority annuls, digits that are corrected from the recording, awards that do not hold any more

Revision 0007, after 0006. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOTED = ("ordered", "correcting", "earlier", "refusal")
RECORDED = ("recording_sha256", "reason")
CONTRACTS = "'draft','explained','invited','signing','sealed','declined','expired','dissolved'"
UNMADE = "'declined','expired','dissolved'"


def upgrade() -> None:
    for name in NOTED:
        op.add_column("draw", sa.Column(name, postgresql.JSONB(), nullable=True))
    for name in RECORDED:
        op.add_column("ceremony", sa.Column(name, sa.String(), nullable=True))
    op.add_column("award", sa.Column("given_by", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("award", "given_by", server_default=None)
    op.add_column("award", sa.Column("taken_by", sa.Integer(), nullable=True))
    op.drop_constraint("uq_award_notice_ticket", "award")
    once = sa.text("state <> 'annulled'")
    op.create_index("uq_award_notice_ticket", "award", ["notice_id", "ticket"], unique=True, postgresql_where=once)
    _contracts(f"{CONTRACTS},'annulled'", f"{UNMADE},'annulled'")


def downgrade() -> None:
    """Only where no draw was annulled or corrected: the older tables have no place for a second award of a ticket."""
    _contracts(CONTRACTS, UNMADE)
    op.drop_index("uq_award_notice_ticket", table_name="award")
    op.create_unique_constraint("uq_award_notice_ticket", "award", ["notice_id", "ticket"])
    for name in ("taken_by", "given_by"):
        op.drop_column("award", name)
    for name in RECORDED:
        op.drop_column("ceremony", name)
    for name in NOTED:
        op.drop_column("draw", name)


def _contracts(states: str, unmade: str) -> None:
    op.drop_constraint(op.f("ck_contract_state"), "contract")
    op.create_check_constraint(op.f("ck_contract_state"), "contract", f"state in ({states})")
    op.drop_index("uq_contract_award", table_name="contract")
    where = sa.text(f"award_id is not null and state not in ({unmade})")
    op.create_index("uq_contract_award", "contract", ["award_id"], unique=True, postgresql_where=where)
