import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("settlement", "0002_completeness")]

    operations = [
        migrations.CreateModel(
            name="PeriodReport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("ends_at", models.DateTimeField()),
                ("seen", models.BigIntegerField()),
                ("opening", models.BigIntegerField()),
                ("came", models.BigIntegerField()),
                ("went", models.BigIntegerField()),
                ("closing", models.BigIntegerField()),
                ("lines", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=96)),
                (
                    "account",
                    models.ForeignKey(
                        db_column="account",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.merchantaccountrow",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_period_report",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["account", "last_day"], name="period_report_once_a_period"
                    ),
                    models.CheckConstraint(
                        condition=Q(first_day__lte=F("last_day")), name="period_report_forward"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            closing=F("opening") + F("came") + F("went"),
                            came__gte=0,
                            went__lte=0,
                        ),
                        name="period_report_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=Q(lines__gte=0, seen__gte=0), name="period_report_of_lines"
                    ),
                ],
            },
        ),
    ]
