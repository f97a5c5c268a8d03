"""What is left of earlier bill runs is found together with that of the newest, in the order of the rows."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One index is made anew, over the rows of all runs."""

    dependencies: ClassVar = [("settlement", "0004_remittance_decisions")]
    operations: ClassVar = [
        migrations.RemoveIndex(model_name="billrunitem", name="bill_run_item_left"),
        migrations.AddIndex(
            model_name="billrunitem",
            index=models.Index(
                fields=["id"], condition=~Q(state="done"), name="bill_run_item_left"
            ),
        ),
    ]
