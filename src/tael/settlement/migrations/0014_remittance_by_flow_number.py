"""A line of the bank finds the remittance whose flow number it carries, whatever became of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0013_pending_records"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="remittance",
            index=models.Index(fields=["flow_number"], name="remittance_by_flow_number"),
        ),
    ]
