"""What is published stays: triggers refuse changes of frozen cards, their lines and periods."""

from django.db import migrations

from kpi_portal.core.triggers import guard

FIXED = [
    "period_id",
    "employee_id",
    "revision",
    "version_id",
    "department_id",
    "status",
    "working_days",
    "coefficient",
    "extra",
    "deduction",
    "adjusted",
    "band",
    "cutoff",
    "engine",
    "computed_at",
    "reason",
    "origin",
    "inputs_hash",
]
FIXED_OR_EMPTY = ["position_id", "supervisor_id", "subtotal", "final", "frozen_at"]

CHANGED = " OR ".join(
    [f"OLD.{name} <> NEW.{name}" for name in FIXED]
    + [
        f"NOT (OLD.{name} = NEW.{name} OR (OLD.{name} IS NULL AND NEW.{name} IS NULL)) "
        f"OR (OLD.{name} IS NULL) <> (NEW.{name} IS NULL)"
        for name in FIXED_OR_EMPTY
    ]
)
FROZEN = (
    "EXISTS (SELECT 1 FROM appraisal_scorecard c "
    "WHERE c.id = {row}.scorecard_id AND c.frozen_at IS NOT NULL)"
)
PUBLISHED = "('published', 'closed')"


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0003_run_ledger_and_decided_points")]

    operations = [
        guard(
            "appraisal_scorecard",
            "UPDATE",
            f"OLD.frozen_at IS NOT NULL AND ({CHANGED})",
            "a published scorecard never changes",
        ),
        guard(
            "appraisal_scorecard",
            "DELETE",
            "OLD.frozen_at IS NOT NULL",
            "a published scorecard is never deleted",
        ),
        guard(
            "appraisal_scoreline",
            "INSERT",
            FROZEN.format(row="NEW"),
            "a published scorecard takes no further line",
        ),
        guard(
            "appraisal_scoreline",
            "UPDATE",
            f"{FROZEN.format(row='OLD')} OR {FROZEN.format(row='NEW')}",
            "a line of a published scorecard never changes",
        ),
        guard(
            "appraisal_scoreline",
            "DELETE",
            FROZEN.format(row="OLD"),
            "a line of a published scorecard is never deleted",
        ),
        guard(
            "appraisal_period",
            "UPDATE",
            f"OLD.state IN {PUBLISHED} AND (NEW.state NOT IN {PUBLISHED} "
            "OR (OLD.state = 'closed' AND NEW.state = 'published') "
            "OR OLD.code <> NEW.code OR OLD.start_on <> NEW.start_on "
            "OR OLD.end_on <> NEW.end_on OR OLD.cutoff_on <> NEW.cutoff_on)",
            "a published period never goes back",
        ),
        guard(
            "appraisal_period",
            "DELETE",
            f"OLD.state IN {PUBLISHED}",
            "a published period is never deleted",
        ),
    ]
