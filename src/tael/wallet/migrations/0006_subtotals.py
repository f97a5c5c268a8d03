import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0005_suspense_proposals"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubtotalCursor",
            fields=[
                ("wallet", models.BigIntegerField(primary_key=True, serialize=False)),
                ("free", models.BigIntegerField()),
                ("locked", models.BigIntegerField()),
                ("frozen", models.BigIntegerField()),
                ("lines", models.BigIntegerField()),
            ],
            options={
                "db_table": "wallet_subtotal_cursor",
            },
        ),
        migrations.CreateModel(
            name="Subtotal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("wallet", models.BigIntegerField()),
                ("from_at", models.DateTimeField()),
                ("from_entry", models.BigIntegerField()),
                ("through_at", models.DateTimeField()),
                ("through_entry", models.BigIntegerField()),
                (
                    "entries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("free", models.BigIntegerField()),
                ("locked", models.BigIntegerField()),
                ("frozen", models.BigIntegerField()),
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
                "db_table": "wallet_subtotal",
                "ordering": ["wallet", "from_at", "from_entry"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("wallet", "from_at", "from_entry"), name="subtotal_begins_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_at__lte", models.F("through_at"))),
                        name="subtotal_runs_forward",
                    ),
                ],
            },
        ),
    ]
