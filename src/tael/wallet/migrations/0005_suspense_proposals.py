import django.db.models.functions.datetime
from django.db import migrations, models

# Orders paid before are asked about as those paid from now on: a chargeback may still come.
ASK_AGAIN = """
    UPDATE wallet_recharge_order SET ask_at = now()
    WHERE state = 'success' AND ask_at IS NULL AND created_at > now() - interval '180 days'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0004_sums_of_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="SuspenseProposal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("payment", models.BigIntegerField()),
                ("act", models.CharField(max_length=6)),
                ("wallet", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("reason", models.CharField(max_length=400)),
                ("key", models.UUIDField(unique=True)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=96)),
                ("state", models.CharField(default="proposed", max_length=9)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(max_length=96, null=True)),
                ("decision_key", models.UUIDField(null=True, unique=True)),
                ("decision", models.CharField(default="", max_length=400)),
                ("entry", models.BigIntegerField(null=True, unique=True)),
            ],
            options={
                "db_table": "wallet_suspense_proposal",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="WaitingRefund",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=32)),
                ("payment_number", models.CharField(max_length=128)),
                ("refund_number", models.CharField(max_length=128)),
                ("notice", models.BigIntegerField(unique=True)),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("taken_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "wallet_waiting_refund",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="gatewaypayment",
            index=models.Index(
                condition=models.Q(
                    ("movement", "paid"),
                    ("refunded__lt", models.F("amount")),
                    ("wallet__isnull", True),
                ),
                fields=["id"],
                name="gateway_payment_in_suspense",
            ),
        ),
        migrations.AddIndex(
            model_name="rechargeorder",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False), ("state", "success")),
                fields=["ask_at"],
                name="recharge_order_asked_again",
            ),
        ),
        migrations.AddIndex(
            model_name="suspenseproposal",
            index=models.Index(fields=["payment", "id"], name="proposal_of_payment"),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("proposed", "returning"))),
                fields=("payment",),
                name="proposal_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="proposal_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="proposal_with_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["proposed", "returning", "done", "dropped", "declined"])
                ),
                name="proposal_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "place"), ("wallet__isnull", False)),
                    models.Q(("act", "return"), ("wallet__isnull", True)),
                    _connector="OR",
                ),
                name="proposal_places_or_returns",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("decision_key__isnull", True),
                        ("state", "proposed"),
                    ),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("decision_key__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="proposal_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["proposed", "dropped"]),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("entry__isnull", True)),
                    _connector="OR",
                ),
                name="proposal_done_with_its_entry",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingrefund",
            index=models.Index(
                condition=models.Q(("taken_at__isnull", True)),
                fields=["gateway", "payment_number"],
                name="waiting_refund_of_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingrefund",
            constraint=models.UniqueConstraint(
                fields=("gateway", "refund_number"), name="waiting_refund_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="waiting_refund_of_something"
            ),
        ),
        migrations.RunSQL(ASK_AGAIN, migrations.RunSQL.noop),
    ]
