"""Result files are taken in parts, with a report of their rows; how a batch was written is kept."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of result files is made anew: no release has had rows in it."""

    dependencies: ClassVar = [("settlement", "0005_bill_run_items_left")]
    operations: ClassVar = [
        migrations.DeleteModel(
            name="ResultFile",
        ),
        migrations.CreateModel(
            name="ResultFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "batch",
                    models.ForeignKey(
                        db_column="batch",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.payoutbatch",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("form", models.CharField(max_length=16)),
                ("columns", models.JSONField()),
                ("content", models.BinaryField(null=True)),
                ("state", models.CharField(default="waiting", max_length=7)),
                ("rows", models.IntegerField()),
                ("done", models.IntegerField(default=0)),
                ("paid", models.IntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                ("unknown", models.IntegerField(default=0)),
                ("unchanged", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("imported_at", models.DateTimeField()),
                ("imported_by", models.CharField(max_length=96)),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_by", models.CharField(max_length=96, null=True)),
            ],
            options={
                "db_table": "settlement_result_file",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["batch", "id"], name="result_file_of_batch")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("content__isnull", False),
                                ("state", "waiting"),
                                ("taken_at__isnull", True),
                            ),
                            models.Q(
                                ("content__isnull", True),
                                ("state__in", ["taken", "dropped"]),
                                ("taken_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="result_file_kept_until_taken",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "done",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("paid"), "+", models.F("failed")
                                            ),
                                            "+",
                                            models.F("unknown"),
                                        ),
                                        "+",
                                        models.F("unchanged"),
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            ),
                            ("done__lte", models.F("rows")),
                        ),
                        name="result_file_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "file",
                    models.ForeignKey(
                        db_column="file",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.resultfile",
                    ),
                ),
                ("row", models.IntegerField()),
                ("withdrawal", models.CharField(max_length=40)),
                ("verdict", models.CharField(max_length=9)),
                ("reason", models.CharField(default="", max_length=500)),
            ],
            options={
                "db_table": "settlement_result_row",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["file", "verdict", "row"], name="result_row_of_file")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "row"), name="result_row_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="file_form",
            field=models.CharField(default="", max_length=16),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="file_language",
            field=models.CharField(default="", max_length=8),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="judged_by",
            field=models.BigIntegerField(null=True),
        ),
    ]
