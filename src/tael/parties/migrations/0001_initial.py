import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from tael.books.grants import APP_ROLE


class Migration(migrations.Migration):
    initial = True

    dependencies = [("books", "0001_main_book")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE parties_customer_number START 10001",
            "DROP SEQUENCE parties_customer_number",
        ),
        migrations.RunSQL(
            f"GRANT USAGE ON SEQUENCE parties_customer_number TO {APP_ROLE}", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name="AuditRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("actor", models.CharField(max_length=96)),
                ("action", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=128)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "parties_audit",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["subject", "id"], name="audit_of_subject"),
                    models.Index(fields=["actor", "id"], name="audit_of_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("registered_at", models.DateTimeField()),
                ("registered_by", models.CharField(max_length=96)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("disabled_reason", models.CharField(default="", max_length=500)),
            ],
            options={
                "db_table": "parties_customer",
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="customer_number_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="customer_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disabled_at__isnull", True),
                            models.Q(("disabled_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="customer_disabled_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("prefix", models.CharField(max_length=16)),
                ("digest", models.BinaryField(unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=96)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.CharField(default="", max_length=96)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="parties.customer",
                    ),
                ),
            ],
            options={
                "db_table": "parties_api_key",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scopes", []), _negated=True),
                        name="api_key_has_a_scope",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payee",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("holder", models.CharField(max_length=200)),
                ("details", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("added_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="parties.customer",
                    ),
                ),
            ],
            options={
                "db_table": "parties_payee",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["customer", "id"], name="payee_of_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("active", True), ("closed_at__isnull", True)),
                            models.Q(("active", False), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="payee_closed_or_active",
                    )
                ],
            },
        ),
    ]
