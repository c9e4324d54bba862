"""History, votes and decisions stay as they are, whatever path leads to the database."""

from django.db import migrations

from kpi_portal.core.triggers import guard


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial")]

    operations = [
        guard("appeals_step", "UPDATE", "1 = 1", "the history of an appeal never changes"),
        guard("appeals_step", "DELETE", "1 = 1", "the history of an appeal never changes"),
        guard(
            "appeals_confirmation",
            "UPDATE",
            "1 = 1",
            "what a party said in a meeting never changes",
        ),
        guard(
            "appeals_panelseat",
            "UPDATE",
            "OLD.voted_at IS NOT NULL AND (OLD.vote <> NEW.vote OR OLD.reasons <> NEW.reasons "
            "OR NEW.voted_at IS NULL OR OLD.voted_at <> NEW.voted_at "
            "OR OLD.user_id <> NEW.user_id OR OLD.appeal_id <> NEW.appeal_id)",
            "a vote that was cast never changes",
        ),
        guard(
            "appeals_panelseat",
            "DELETE",
            "OLD.voted_at IS NOT NULL",
            "a vote that was cast never changes",
        ),
        guard(
            "appeals_appeal",
            "UPDATE",
            "OLD.closed_at IS NOT NULL AND (OLD.state <> NEW.state OR NEW.closed_at IS NULL "
            "OR OLD.decision <> NEW.decision OR OLD.reason_code <> NEW.reason_code "
            "OR OLD.scorecard_id <> NEW.scorecard_id OR OLD.employee_id <> NEW.employee_id)",
            "an appeal that was closed never changes",
        ),
    ]
