"""Months that are being closed."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0007_suspense_types"),
    ]

    operations = [
        migrations.CreateModel(
            name="SoftClosing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("through", models.DateTimeField()),
                ("closed_at", models.DateTimeField()),
                ("closed_by", models.CharField(max_length=96)),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopened_by", models.CharField(max_length=96, null=True)),
                ("reason", models.CharField(default="", max_length=200)),
            ],
            options={
                "db_table": "wallet_soft_closing",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["through"],
                        condition=Q(reopened_at__isnull=True),
                        name="soft_closing_stands_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reason="")
                        | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reason=""),
                        name="soft_closing_reopened_by_somebody",
                    ),
                ],
            },
        ),
    ]
