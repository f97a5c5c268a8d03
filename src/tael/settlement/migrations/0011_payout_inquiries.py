import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Outcomes that are unknown by now are for people, until the channel has an address to be asked at.
OPEN = """
    INSERT INTO settlement_payout_inquiry (row, channel, state, asks, opened_at)
    SELECT r.id, b.channel, 'person', 0, coalesce(r.answered_at, now())
    FROM settlement_payout_row AS r JOIN settlement_payout_batch AS b ON b.id = r.batch
    WHERE r.state = 'unknown'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0010_bank"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatusService",
            fields=[
                (
                    "channel",
                    models.CharField(max_length=32, primary_key=True, serialize=False),
                ),
                ("address", models.CharField(default="", max_length=2000)),
                ("secret", models.CharField(default="", max_length=64)),
                ("secret_key", models.UUIDField(null=True)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=96)),
            ],
            options={
                "db_table": "settlement_status_service",
                "ordering": ["channel"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(address="", secret="") | ~Q(address="") & ~Q(secret=""),
                        name="status_service_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutInquiry",
            fields=[
                (
                    "row",
                    models.OneToOneField(
                        db_column="row",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="settlement.payoutrow",
                    ),
                ),
                ("channel", models.CharField(max_length=32)),
                ("state", models.CharField(max_length=6)),
                ("asks", models.IntegerField(default=0)),
                ("next_ask_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(max_length=96, null=True)),
            ],
            options={
                "db_table": "settlement_payout_inquiry",
                "ordering": ["row"],
                "indexes": [
                    models.Index(
                        condition=Q(state="asking"),
                        fields=["next_ask_at"],
                        name="payout_inquiry_due",
                    ),
                    models.Index(
                        condition=~Q(state="closed"),
                        fields=["state", "row"],
                        name="payout_inquiry_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["asking", "person", "closed"]),
                        name="payout_inquiry_state_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="asking", next_ask_at__isnull=False)
                        | ~Q(state="asking") & Q(next_ask_at__isnull=True),
                        name="payout_inquiry_asks_on_a_plan",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            state="closed", closed_at__isnull=False, closed_by__isnull=False
                        )
                        | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True),
                        name="payout_inquiry_closed_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutAsk",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("asked_at", models.DateTimeField()),
                ("verdict", models.CharField(max_length=11)),
                ("said", models.CharField(default="", max_length=500)),
                (
                    "inquiry",
                    models.ForeignKey(
                        db_column="inquiry",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.payoutinquiry",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_payout_ask",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("inquiry", "number"), name="payout_ask_once"),
                    models.CheckConstraint(
                        condition=Q(
                            verdict__in=(
                                "paid",
                                "failed",
                                "unknown",
                                "unanswered",
                                "refused",
                                "agrees",
                                "contradicts",
                            )
                        ),
                        name="payout_ask_verdict_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
    ]
