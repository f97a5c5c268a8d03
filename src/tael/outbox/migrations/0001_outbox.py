import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("books", "0001_main_book")]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500)),
                ("description", models.CharField(default="", max_length=200)),
                (
                    "event_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("secret", models.CharField(max_length=100)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=96)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("disabled_by", models.CharField(default="", max_length=96)),
                ("disabled_reason", models.CharField(default="", max_length=200)),
            ],
            options={
                "db_table": "outbox_endpoint",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=100, unique=True)),
                ("at", models.DateTimeField()),
                ("payload", models.TextField()),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "db_table": "outbox_event",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="JournalCursor",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("through", models.BigIntegerField()),
                ("seen", models.BigIntegerField(default=0)),
                ("horizon", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "outbox_journal_cursor",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(default="waiting", max_length=9)),
                ("attempts", models.BigIntegerField(default=0)),
                (
                    "due_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_column="endpoint",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outbox.endpoint",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_column="event",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outbox.event",
                    ),
                ),
            ],
            options={
                "db_table": "outbox_delivery",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("duration_ms", models.BigIntegerField(null=True)),
                ("status", models.BigIntegerField(null=True)),
                ("answer", models.TextField(default="")),
                ("problem", models.CharField(default="", max_length=300)),
                (
                    "delivery",
                    models.ForeignKey(
                        db_column="delivery",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outbox.delivery",
                    ),
                ),
            ],
            options={
                "db_table": "outbox_attempt",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["delivery", "id"], name="attempt_of_delivery")],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "id"], name="delivery_of_endpoint"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "due_at"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "given_up")),
                fields=["endpoint"],
                name="delivery_given_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("event", "endpoint"), name="delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "delivered", "given_up", "dropped"))),
                name="delivery_state_known",
            ),
        ),
        # what was booked before there was an outbox is not told
        migrations.RunSQL(
            "INSERT INTO outbox_journal_cursor (id, through, seen, horizon)"
            " SELECT 1, CASE WHEN is_called THEN last_value ELSE 0 END, 0, 0 FROM ledger.entry_id",
            migrations.RunSQL.noop,
        ),
    ]
