import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("tickets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="control",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "uploaded"),
                    ("checking", "being checked"),
                    ("checked", "checked"),
                    ("running", "being imported"),
                    ("done", "imported"),
                    ("failed", "refused"),
                ],
                default="uploaded",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("body_sha256", models.CharField(max_length=64)),
                ("answer", models.JSONField()),
                ("received_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-received_at", "-id"]},
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("user", "key"), name="tickets_batch_once_per_key"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="ordervolume", name="tickets_ordervolume_once_per_agent"
        ),
        migrations.AddConstraint(
            model_name="ordervolume",
            constraint=models.UniqueConstraint(
                fields=("day", "department", "agent"), name="tickets_ordervolume_once_per_agent"
            ),
        ),
    ]
