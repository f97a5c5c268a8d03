from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0001_outbox"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="resent_key",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="key",
            field=models.UUIDField(null=True, unique=True),
        ),
    ]
