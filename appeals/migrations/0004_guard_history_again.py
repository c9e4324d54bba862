"""The guards of 0002 for the tables as they are now, and minutes and answers that stay."""

from importlib import import_module

from django.db import migrations

from kpi_portal.core.triggers import guard

_guards = import_module("appeals.migrations.0002_guard_history").Migration


class Migration(migrations.Migration):
    dependencies = [("appeals", "0003_meeting_claims_outside_chair")]

    operations = [
        *_guards.operations,
        guard("appeals_minutesversion", "UPDATE", "1 = 1", "minutes once put forward stay"),
        guard("appeals_minutesversion", "DELETE", "1 = 1", "minutes once put forward stay"),
        guard(
            "appeals_recordclaim",
            "UPDATE",
            "OLD.answered_at IS NOT NULL AND (OLD.state <> NEW.state OR OLD.answer <> NEW.answer "
            "OR NEW.answered_at IS NULL)",
            "an answer to a claim never changes",
        ),
    ]
