"""Two constraints get names of their own: `approvals` has others of the same, which Django refuses.

Renaming touches no row. Django's own way would drop each and look through the table again.
"""

from django.db import migrations, models
from django.db.models import Q

TABLE = "wallet_suspense_proposal"
KNOWN = models.CheckConstraint(
    condition=Q(state__in=["proposed", "returning", "done", "dropped", "declined"]),
    name="suspense_proposal_state_known",
)
DECIDED = models.CheckConstraint(
    condition=Q(
        state="proposed",
        decided_at__isnull=True,
        decided_by__isnull=True,
        decision_key__isnull=True,
    )
    | ~Q(state="proposed")
    & Q(decided_at__isnull=False, decided_by__isnull=False, decision_key__isnull=False),
    name="suspense_proposal_decided_by_somebody",
)


def renamed(old: str, constraint: models.CheckConstraint) -> migrations.SeparateDatabaseAndState:
    """Give a constraint its new name, in the database and in what Django believes of it."""
    new = constraint.name
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER TABLE {TABLE} RENAME CONSTRAINT {old} TO {new}",
                f"ALTER TABLE {TABLE} RENAME CONSTRAINT {new} TO {old}",
            )
        ],
        state_operations=[
            migrations.RemoveConstraint(model_name="suspenseproposal", name=old),
            migrations.AddConstraint(model_name="suspenseproposal", constraint=constraint),
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0008_soft_closing"),
    ]

    operations = [
        renamed("proposal_state_known", KNOWN),
        renamed("proposal_decided_by_somebody", DECIDED),
    ]
