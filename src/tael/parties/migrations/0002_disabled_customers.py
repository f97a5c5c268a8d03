from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("disabled_at__isnull", False)),
                fields=["number"],
                name="customer_disabled",
            ),
        ),
    ]
