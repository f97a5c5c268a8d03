import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("books", "0001_main_book")]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("identifier", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("description", models.CharField(default="", max_length=500)),
                ("currencies", models.CharField(default="ALL", max_length=1000)),
                ("enabled", models.BooleanField(default=True)),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "db_table": "channels_channel",
                "ordering": ["identifier"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("identifier"),
                        name="channel_identifier_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "currencies__regex",
                                "^(ALL|[A-Z][A-Z0-9]{2,11}(,[A-Z][A-Z0-9]{2,11})*)$",
                            )
                        ),
                        name="channel_currencies_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_currency", models.CharField(max_length=12)),
                ("to_currency", models.CharField(max_length=12)),
                ("value", models.DecimalField(decimal_places=12, max_digits=24)),
                ("valid_from", models.DateTimeField()),
                ("set_by", models.CharField(max_length=96)),
                (
                    "set_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "db_table": "channels_rate",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        fields=["from_currency", "to_currency", "-valid_from", "-id"],
                        name="rate_in_force",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gt", 0), ("value__lt", 1000000000000)),
                        name="rate_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_currency", models.F("to_currency")), _negated=True
                        ),
                        name="rate_between_two_currencies",
                    ),
                ],
            },
        ),
    ]
