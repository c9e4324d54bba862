"""The head of the chain, and triggers: events are sealed once and never changed or deleted."""

from django.db import migrations, models

from kpi_portal.core.triggers import guard

CHANGED = " OR ".join(
    [
        "OLD.sequence IS NOT NULL",
        "NEW.sequence IS NULL",
        "NEW.id <> OLD.id",
        "NEW.at <> OLD.at",
        "COALESCE(NEW.actor_id, 0) <> COALESCE(OLD.actor_id, 0)",
        "NEW.actor_name <> OLD.actor_name",
        "NEW.act <> OLD.act",
        "NEW.object_type <> OLD.object_type",
        "NEW.object_id <> OLD.object_id",
        "NEW.before <> OLD.before",
        "NEW.after <> OLD.after",
        "NEW.reason <> OLD.reason",
        "NEW.request_id <> OLD.request_id",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("sequence", models.BigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="audit_head_only_one"
                    )
                ],
            },
        ),
        guard("audit_event", "UPDATE", CHANGED, "audit events are never changed"),
        guard("audit_event", "DELETE", "1 = 1", "audit events are never deleted"),
        guard(
            "audit_head",
            "UPDATE",
            "NEW.sequence <= OLD.sequence",
            "the audit trail only grows",
        ),
        guard("audit_head", "DELETE", "1 = 1", "the audit trail only grows"),
    ]
