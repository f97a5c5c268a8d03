"""The house's bank accounts: how banks write their files, the files, the lines in them."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0009_long_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankMap",
            fields=[
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("columns", models.JSONField()),
                ("day", models.CharField(max_length=10)),
                ("mark", models.CharField(max_length=1)),
                ("encoding", models.CharField(max_length=12)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=96)),
            ],
            options={
                "db_table": "settlement_bank_map",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="BankAccountRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("channel", models.CharField(max_length=32)),
                ("currency", models.CharField(max_length=12)),
                ("number", models.CharField(max_length=40)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=96)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "map",
                    models.ForeignKey(
                        db_column="map",
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.bankmap",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_bank_account",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("form", models.CharField(max_length=16)),
                ("size", models.IntegerField()),
                ("added", models.IntegerField()),
                ("known", models.IntegerField()),
                ("refused", models.IntegerField()),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                ("balances", models.JSONField(default=list)),
                ("breaks", models.IntegerField(default=0)),
                ("brought_at", models.DateTimeField()),
                ("brought_by", models.CharField(max_length=96)),
                (
                    "account",
                    models.ForeignKey(
                        db_column="account",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.bankaccountrow",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_bank_statement",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BankRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("row", models.IntegerField()),
                ("code", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=500)),
                ("said", models.CharField(max_length=300)),
                (
                    "statement",
                    models.ForeignKey(
                        db_column="statement",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.bankstatement",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_bank_row",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("row", models.IntegerField()),
                ("booked_on", models.DateField()),
                ("value_on", models.DateField(null=True)),
                ("amount", models.BigIntegerField()),
                ("reference", models.CharField(default="", max_length=140)),
                ("end_to_end", models.CharField(default="", max_length=140)),
                ("counterparty", models.CharField(default="", max_length=200)),
                ("counterparty_account", models.CharField(default="", max_length=64)),
                ("text", models.CharField(default="", max_length=1000)),
                ("content", models.CharField(max_length=64)),
                ("copy", models.IntegerField()),
                ("item", models.BigIntegerField(null=True, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_column="account",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.bankaccountrow",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_column="statement",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.bankstatement",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_bank_line",
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="bankaccountrow",
            constraint=models.UniqueConstraint(
                fields=("number", "currency"), name="bank_account_once"
            ),
        ),
        migrations.AddIndex(
            model_name="bankstatement",
            index=models.Index(fields=["account", "id"], name="bank_statement_of_account"),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("brought_by", "key"), name="bank_statement_once_for_a_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "size",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("added"), "+", models.F("known")
                            ),
                            "+",
                            models.F("refused"),
                        ),
                    )
                ),
                name="bank_statement_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankrow",
            constraint=models.UniqueConstraint(fields=("statement", "row"), name="bank_row_once"),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["account", "id"], name="bank_line_of_account"),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["statement", "id"], name="bank_line_of_statement"),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["reference"],
                name="bank_line_by_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("end_to_end", ""), _negated=True),
                fields=["end_to_end"],
                name="bank_line_by_end_to_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("account", "reference", "amount"),
                name="bank_line_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", "")),
                fields=("account", "content", "copy"),
                name="bank_line_copy_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="bank_line_moves"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("copy__gte", 1)), name="bank_line_copies_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("item__isnull", True), ("amount__gt", 0), _connector="OR"),
                name="bank_line_aside_came_in",
            ),
        ),
    ]
