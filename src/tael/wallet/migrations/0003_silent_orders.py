from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_notices_of_an_order")]

    operations = [
        migrations.AddField(
            model_name="rechargeorder",
            name="ask_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="rechargeorder",
            index=models.Index(
                condition=models.Q(("state", "success"), _negated=True),
                fields=["created_at"],
                name="recharge_order_silent",
            ),
        ),
    ]
