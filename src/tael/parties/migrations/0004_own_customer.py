import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_users")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="own_customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("own_customer__isnull", True), ("customer__isnull", True), _connector="OR"
                ),
                name="user_own_customer_is_of_the_staff",
            ),
        ),
    ]
