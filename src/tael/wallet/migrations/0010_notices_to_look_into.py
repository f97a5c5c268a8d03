"""An index of the few notices that a person has to look into, for the first page and their list."""

from django.db import migrations, models
from django.db.models import Q

LOOK_INTO = ("confirmed_before", "refund_unmatched", "refunded_into_debt", "unbookable")


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0009_constraints_of_proposals"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="gatewaynotice",
            index=models.Index(
                fields=["id"],
                condition=Q(verdict__in=LOOK_INTO),
                name="gateway_notice_to_look_into",
            ),
        ),
    ]
