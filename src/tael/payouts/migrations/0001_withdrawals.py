from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("books", "0001_main_book")]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("wallet", models.BigIntegerField()),
                ("owner", models.BigIntegerField()),
                ("payee", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("hold", models.BigIntegerField(unique=True)),
                ("frozen_by", models.BigIntegerField(unique=True)),
                ("closed_by", models.BigIntegerField(null=True, unique=True)),
                ("state", models.CharField(default="applied", max_length=9)),
                ("applied_at", models.DateTimeField()),
                ("applied_by", models.CharField(max_length=96)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(max_length=96, null=True)),
                ("reason", models.CharField(default="", max_length=1000)),
            ],
            options={
                "db_table": "payouts_withdrawal",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["owner", "id"], name="withdrawal_of_owner"),
                    models.Index(
                        condition=models.Q(("state", "applied")),
                        fields=["id"],
                        name="withdrawal_to_be_decided",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="withdrawal_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["applied", "withdrawn", "returned", "cancelled"])
                        ),
                        name="withdrawal_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_by__isnull", True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state", "applied"),
                            ),
                            models.Q(
                                models.Q(("state", "applied"), _negated=True),
                                ("closed_by__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="withdrawal_decided_with_its_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["withdrawn", "returned"]), _negated=True),
                            models.Q(("decided_by", models.F("applied_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="withdrawal_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="withdrawal_refused_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            ("payee__isnull", False),
                            _connector="OR",
                        ),
                        name="withdrawal_paid_to_somebody",
                    ),
                ],
            },
        ),
    ]
