from django.db import migrations, models
from django.db.models import Q

TYPES = (
    "unknown_order",
    "other_currency",
    "wallet_unable",
    "bank_line",
    "wrong_amount",
    "other",
)
# What has gone into suspense gets the type of the verdict that put it there.
TYPED = """
    UPDATE wallet_gateway_payment SET suspense_type = CASE verdict WHEN 'suspense_order' THEN 'unknown_order'
        WHEN 'suspense_currency' THEN 'other_currency' WHEN 'suspense_wallet' THEN 'wallet_unable' ELSE 'other' END
    WHERE starts_with(verdict, 'suspense_')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0006_subtotals"),
    ]

    operations = [
        migrations.AddField(
            model_name="gatewaypayment",
            name="suspense_type",
            field=models.CharField(max_length=16, null=True),
        ),
        migrations.AddField(
            model_name="gatewaypayment",
            name="suspense_owner",
            field=models.CharField(max_length=96, null=True),
        ),
        migrations.RunSQL(TYPED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="gatewaypayment",
            constraint=models.CheckConstraint(
                condition=Q(verdict__startswith="suspense_", suspense_type__in=TYPES)
                | ~Q(verdict__startswith="suspense_")
                & Q(suspense_type__isnull=True, suspense_owner__isnull=True),
                name="gateway_payment_suspense_typed",
            ),
        ),
    ]
