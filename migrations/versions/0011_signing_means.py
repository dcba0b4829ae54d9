"""Signing by own devices: certificates of people, what devices are asked for, and by which means a party has signed

Revision 0011, after 0012. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
TEXTS = ("means", "certificate_sha256", "signature")


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_certificate")),
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"])
    op.create_table(
        "device_request",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("certificate_sha256", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("signed_attrs", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("state in ('waiting','approved','cancelled')", name=op.f("ck_device_request_state")),
        sa.CheckConstraint("(state = 'approved') = (signature is not null)", name=op.f("ck_device_request_signature")),
        sa.ForeignKeyConstraint(
            ["certificate_sha256"], ["certificate.sha256"], name=op.f("fk_device_request_certificate_sha256")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_device_request")),
    )
    op.create_index(op.f("ix_device_request_certificate_sha256"), "device_request", ["certificate_sha256"])
    for name in TEXTS:
        op.add_column("signer", sa.Column(name, sa.String(), nullable=True))
    op.add_column("signer", sa.Column("uses", postgresql.JSONB(), nullable=True))
    op.create_foreign_key(
        op.f("fk_signer_certificate_sha256"), "signer", "certificate", ["certificate_sha256"], ["sha256"]
    )


def downgrade() -> None:
    """What devices were asked, and signatures that were not embedded yet, are lost; signed files stay."""
    op.drop_constraint(op.f("fk_signer_certificate_sha256"), "signer")
    for name in ("uses", *TEXTS):
        op.drop_column("signer", name)
    op.drop_table("device_request")
    op.drop_table("certificate")
