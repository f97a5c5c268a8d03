from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0006_result_rows")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="secret_key",
            field=models.UUIDField(null=True),
        ),
    ]
