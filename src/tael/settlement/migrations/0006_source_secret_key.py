from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0005_bill_run_items_left")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="secret_key",
            field=models.UUIDField(null=True),
        ),
    ]
