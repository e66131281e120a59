"""${message[:1].upper() + message[1:]}."""

import sqlalchemy as sa
from alembic import op

revision = "${up_revision}"
down_revision = ${'"%s"' % down_revision if down_revision else None}


def upgrade() -> None:
    """Bring the tables to this number."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Bring the tables back to the number before."""
    ${downgrades if downgrades else "pass"}
