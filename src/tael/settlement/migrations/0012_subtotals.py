import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("settlement", "0011_payout_inquiries")]

    operations = [
        migrations.CreateModel(
            name="AccountSubtotal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account", models.BigIntegerField()),
                ("first_line", models.BigIntegerField()),
                ("last_line", models.BigIntegerField()),
                ("posting", models.BigIntegerField()),
                ("from_at", models.DateTimeField()),
                ("through_at", models.DateTimeField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                (
                    "records",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "came",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "went",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
            ],
            options={
                "db_table": "settlement_subtotal",
                "ordering": ["account", "first_line"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["account", "first_line"], name="account_subtotal_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            first_line__gte=1,
                            last_line__gte=F("first_line"),
                            through_at__gte=F("from_at"),
                        ),
                        name="account_subtotal_in_order",
                    ),
                ],
            },
        ),
    ]
