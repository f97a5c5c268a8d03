from typing import Any

from django.db import migrations, models

from tael import ledger
from tael.books.grants import APP_ROLE
from tael.postgres.roles import ensure_roles


def make_main_book(_apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection.connection
    ensure_roles(connection)
    ledger.create_book(connection, book=ledger.MAIN)
    ledger.grant(connection, ledger.MAIN, role=APP_ROLE)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunPython(make_main_book),  # no way back: books are not unmade
        migrations.CreateModel(
            name="RegisteredCurrency",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("enabled", models.BooleanField(default=True)),
                ("registered_at", models.DateTimeField()),
            ],
            options={"db_table": "books_currency", "ordering": ["code"]},
        ),
    ]
