from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("settlement", "0012_subtotals")]

    operations = [
        migrations.AddIndex(
            model_name="accrual",
            index=models.Index(fields=["id"], condition=Q(state="pending"), name="accrual_pending"),
        ),
    ]
