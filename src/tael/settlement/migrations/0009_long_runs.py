"""Long runs are taken up by a worker: a file is kept until it is read, and how far it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0008_imports"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="accrualimport",
            name="import_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="accrualimportrow",
            name="import_row_verdict_known",
        ),
        migrations.RemoveConstraint(
            model_name="completenessrun",
            name="completeness_run_state_known",
        ),
        migrations.AddField(
            model_name="accrualimport",
            name="columns",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="accrualimport",
            name="content",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="accrualimport",
            name="kept",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="accrualimport",
            name="problem",
            field=models.CharField(default="", max_length=500),
        ),
        migrations.AddField(
            model_name="accrualimport",
            name="source",
            field=models.CharField(default="", max_length=32),
        ),
        migrations.AddField(
            model_name="accrualimportrow",
            name="bundle",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="columns",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="content",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="digest",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="form",
            field=models.CharField(default="", max_length=4),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="name",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="rows",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="completenessrun",
            name="rows_done",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="looked",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="looked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="outlook",
            field=models.JSONField(null=True),
        ),
        migrations.RunSQL("UPDATE settlement_import SET kept = size", ""),
        migrations.AlterField(
            model_name="accrualimport",
            name="state",
            field=models.CharField(max_length=9),
        ),
        migrations.AddIndex(
            model_name="accrualimport",
            index=models.Index(
                condition=models.Q(("state__in", ["reading", "checking", "running"])),
                fields=["id"],
                name="import_to_do",
            ),
        ),
        migrations.AddIndex(
            model_name="accrualimportrow",
            index=models.Index(
                condition=models.Q(("verdict__isnull", True)),
                fields=["of", "bundle", "turn", "row"],
                name="import_row_to_check",
            ),
        ),
        migrations.AddIndex(
            model_name="resultfile",
            index=models.Index(
                condition=models.Q(("done", 0), ("looked_at__isnull", True), ("state", "waiting")),
                fields=["id"],
                name="result_file_to_look_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="accrualimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("begun_at__isnull", True),
                        ("finished_at__isnull", True),
                        ("state__in", ["reading", "checking", "checked"]),
                    ),
                    models.Q(
                        ("begun_at__isnull", False),
                        ("finished_at__isnull", True),
                        ("state", "running"),
                    ),
                    models.Q(
                        ("begun_at__isnull", False),
                        ("finished_at__isnull", False),
                        ("state", "finished"),
                    ),
                    models.Q(
                        ("finished_at__isnull", False), ("state__in", ["failed", "cancelled"])
                    ),
                    _connector="OR",
                ),
                name="import_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="accrualimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("content__isnull", False), ("state", "reading")),
                    models.Q(
                        models.Q(("state", "reading"), _negated=True), ("content__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="import_file_kept_while_read",
            ),
        ),
        migrations.AddConstraint(
            model_name="accrualimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), models.Q(("problem", ""), _negated=True)),
                    models.Q(models.Q(("state", "failed"), _negated=True), ("problem", "")),
                    _connector="OR",
                ),
                name="import_problem_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="accrualimportrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done", False), ("verdict__isnull", True)),
                    models.Q(
                        ("code", ""), ("verdict__in", ["recorded", "there", "confirms", "fails"])
                    ),
                    models.Q(
                        ("accrual__isnull", True),
                        ("verdict", "refused"),
                        models.Q(("code", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="import_row_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="completenessrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "done", "failed", "stopped"])
                ),
                name="completeness_run_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="completenessrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("content__isnull", True),
                    models.Q(("by", "file"), ("state__in", ["waiting", "running"])),
                    _connector="OR",
                ),
                name="completeness_run_file_kept_until_checked",
            ),
        ),
    ]
