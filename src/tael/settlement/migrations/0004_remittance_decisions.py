from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0003_period_reports")]

    operations = [
        migrations.AddField(
            model_name="remittance",
            name="decision_key",
            field=models.UUIDField(null=True, unique=True),
        ),
    ]
