from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_sent_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="old_secrets",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="old_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="rotated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="rotated_key",
            field=models.UUIDField(null=True),
        ),
    ]
