"""Periods keep a ledger of their runs, lines the points that were decided, two people approve."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="period", name="last_run", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="period",
            name="run_number",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="scoreline",
            name="decided",
            field=models.DecimalField(decimal_places=2, max_digits=6, null=True),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=~Q(state__in=["approved", "published", "closed"])
                | Q(submitted_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(submitted_by=F("decided_by")),
                name="appraisal_period_approved_by_another",
            ),
        ),
    ]
