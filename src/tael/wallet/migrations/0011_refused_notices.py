"""An index of the notices that were refused: after too many of them no further one is kept."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0010_notices_to_look_into"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="gatewaynotice",
            index=models.Index(
                fields=["id"], condition=Q(verdict="refused"), name="gateway_notice_refused"
            ),
        ),
    ]
