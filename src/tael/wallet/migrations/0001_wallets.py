import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from tael.postgres.connect import APP


class Migration(migrations.Migration):
    initial = True

    dependencies = [("books", "0001_main_book")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE wallet_number START 100001", "DROP SEQUENCE wallet_number"
        ),
        migrations.RunSQL(
            f"GRANT USAGE ON SEQUENCE wallet_number TO {APP}", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name="CardBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(unique=True)),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("count", models.IntegerField()),
                ("spend_only", models.BooleanField(default=False)),
                ("note", models.CharField(default="", max_length=200)),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.CharField(max_length=96)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "wallet_card_batch",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="card_batch_worth_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0)), name="card_batch_has_cards"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayNotice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=32)),
                ("received_at", models.DateTimeField()),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("headers", models.JSONField(default=dict)),
                ("raw", models.BinaryField()),
                ("size", models.BigIntegerField()),
                ("event", models.CharField(max_length=128, null=True)),
                ("verdict", models.CharField(default="received", max_length=24)),
                ("detail", models.CharField(default="", max_length=400)),
                ("order", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "wallet_gateway_notice",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["received_at"], name="gateway_notice_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "event"), name="gateway_event_acts_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayPayment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=32)),
                ("movement", models.CharField(max_length=8)),
                ("number", models.CharField(max_length=128)),
                ("notice", models.BigIntegerField(null=True)),
                ("order", models.BigIntegerField(null=True)),
                ("of_payment", models.BigIntegerField(null=True)),
                ("wallet", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("credited", models.BigIntegerField(default=0)),
                ("refunded", models.BigIntegerField(default=0)),
                ("entries", models.JSONField(default=list)),
                ("verdict", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "wallet_gateway_payment",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["number"], name="gateway_payment_by_number"),
                    models.Index(fields=["order"], name="gateway_payment_of_order"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "movement", "number"), name="gateway_payment_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="gateway_payment_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("movement__in", ("paid", "refunded"))),
                        name="gateway_payment_movement_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credited__gte", 0), ("credited__lte", models.F("amount"))
                        ),
                        name="gateway_payment_credited_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded__gte", 0), ("refunded__lte", models.F("amount"))
                        ),
                        name="gateway_payment_refunded_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RechargeOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(unique=True)),
                ("wallet", models.BigIntegerField()),
                ("owner", models.BigIntegerField()),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("credited", models.BigIntegerField(default=0)),
                ("channel", models.CharField(max_length=32)),
                ("spend_only", models.BooleanField(default=False)),
                ("info", models.CharField(default="", max_length=1000)),
                ("sno", models.CharField(max_length=64, null=True, unique=True)),
                ("pno", models.CharField(max_length=64, null=True)),
                ("code", models.CharField(default="", max_length=64)),
                ("gateway_number", models.CharField(max_length=64, null=True)),
                ("state", models.CharField(default="created", max_length=8)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=96)),
                ("expires_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "wallet_recharge_order",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["owner", "id"], name="recharge_order_of_owner"),
                    models.Index(fields=["pno"], name="recharge_order_by_pno"),
                    models.Index(fields=["gateway_number"], name="recharge_order_by_gateway"),
                    models.Index(
                        condition=models.Q(
                            ("expires_at__isnull", False), ("state__in", ["created", "partial"])
                        ),
                        fields=["expires_at"],
                        name="recharge_order_open_by_expiry",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="recharge_order_for_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credited__gte", 0)), name="recharge_order_credited"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["created", "partial", "success", "closed", "expired"])
                        ),
                        name="recharge_order_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "created"), _negated=True),
                            ("credited", 0),
                            _connector="OR",
                        ),
                        name="recharge_order_created_is_unpaid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "success"), _negated=True),
                            ("credited__gte", models.F("amount")),
                            _connector="OR",
                        ),
                        name="recharge_order_success_is_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WalletRow",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("owner", models.BigIntegerField()),
                ("currency", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=40)),
                ("free", models.BigIntegerField(unique=True)),
                ("locked", models.BigIntegerField(unique=True)),
                ("frozen", models.BigIntegerField(unique=True)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=96)),
                ("disabled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "wallet_wallet",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "currency", "name"), name="wallet_unique_by_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="wallet_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="wallet_number_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("captured", models.BigIntegerField(default=0)),
                ("released", models.BigIntegerField(default=0)),
                ("expired", models.BooleanField(default=False)),
                ("purpose", models.CharField(default="", max_length=20)),
                ("reason", models.CharField(default="", max_length=1000)),
                ("expires_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=96)),
                ("entry", models.BigIntegerField(unique=True)),
                (
                    "state",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                captured__lt=django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "-", models.F("released")
                                ),
                                then=models.Value("open"),
                            ),
                            models.When(expired=True, then=models.Value("expired")),
                            models.When(captured=0, then=models.Value("released")),
                            default=models.Value("captured"),
                        ),
                        output_field=models.CharField(max_length=8),
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        db_column="wallet",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="wallet.walletrow",
                    ),
                ),
            ],
            options={
                "db_table": "wallet_hold",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ExchangeQuote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(unique=True)),
                ("amount_out", models.BigIntegerField()),
                ("amount_in", models.BigIntegerField()),
                ("rate", models.BigIntegerField(null=True)),
                ("rate_text", models.CharField(max_length=40)),
                ("remainder", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=96)),
                ("expires_at", models.DateTimeField()),
                ("entry", models.BigIntegerField(null=True, unique=True)),
                (
                    "source",
                    models.ForeignKey(
                        db_column="source",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.walletrow",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_column="target",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.walletrow",
                    ),
                ),
            ],
            options={
                "db_table": "wallet_exchange_quote",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(unique=True)),
                ("state", models.CharField(default="unused", max_length=6)),
                ("wallet", models.BigIntegerField(null=True)),
                ("entry", models.BigIntegerField(null=True, unique=True)),
                ("changed_at", models.DateTimeField(null=True)),
                ("changed_by", models.CharField(default="", max_length=96)),
                (
                    "batch",
                    models.ForeignKey(
                        db_column="batch",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="wallet.cardbatch",
                    ),
                ),
            ],
            options={
                "db_table": "wallet_card",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["unused", "used", "void"])),
                        name="card_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entry__isnull", False),
                                ("state", "used"),
                                ("wallet__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "used"), _negated=True),
                                ("entry__isnull", True),
                                ("wallet__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="card_used_with_its_entry",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldMove",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=8)),
                ("amount", models.BigIntegerField()),
                ("entry", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        db_column="hold",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="wallet.hold",
                    ),
                ),
            ],
            options={
                "db_table": "wallet_hold_move",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["entry"], name="hold_move_of_entry")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hold", "entry"), name="hold_move_once_per_entry"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="hold_move_moves_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("event__in", ["capture", "release", "expire"])),
                        name="hold_move_event_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["wallet", "id"], name="hold_of_wallet"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(
                    (
                        "captured__lt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("released")
                        ),
                    )
                ),
                fields=["wallet", "id"],
                name="hold_open_of_wallet",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(
                    (
                        "captured__lt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("released")
                        ),
                    ),
                    ("expires_at__isnull", False),
                ),
                fields=["expires_at"],
                name="hold_open_by_expiry",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="hold_sets_something_aside"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("captured__gte", 0), ("released__gte", 0)),
                name="hold_parts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "captured__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("released")
                        ),
                    )
                ),
                name="hold_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expired", False),
                    models.Q(
                        (
                            "captured",
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount"), "-", models.F("released")
                            ),
                        ),
                        ("expires_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hold_expired_is_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangequote",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_in__gt", 0), ("amount_out__gt", 0)),
                name="quote_exchanges_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangequote",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))),
                name="quote_lives_a_while",
            ),
        ),
    ]
