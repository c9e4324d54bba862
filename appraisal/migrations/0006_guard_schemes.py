"""What was submitted stays as it is, and two versions never count for the same people.

Triggers refuse changes of a version, its items and its coverage from submission on, every other
way through the states than the committee's, and overlapping spans in force.
"""

from typing import Any

from django.db import migrations

from kpi_portal.core.triggers import guard

KEPT = "('submitted', 'active', 'retired')"
DECIDED = "('active', 'retired')"
FIXED = (
    "scheme_id", "number", "bands", "maximum", "coefficient_mode", "missing_limit", "min_days",
    "note",
)  # fmt: skip
CONTENT_CHANGED = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in FIXED)
DECISION_CHANGED = (
    "OLD.effective_from <> NEW.effective_from OR NEW.effective_from IS NULL "
    "OR OLD.decided_at <> NEW.decided_at OR NEW.decided_at IS NULL"
)
WRONG_WAY = (
    f"(OLD.state = 'active' AND NEW.state NOT IN {DECIDED}) "
    "OR (OLD.state = 'retired' AND NEW.state <> 'retired') "
    f"OR (OLD.state IN ('draft', 'rejected') AND NEW.state IN {DECIDED}) "
    "OR (OLD.state = 'submitted' AND NEW.state = 'retired')"
)
OVERLAPS = f"""NEW.state IN {DECIDED}
AND (NEW.effective_to IS NULL OR NEW.effective_to > NEW.effective_from)
AND EXISTS (
    SELECT 1 FROM appraisal_coverage mine
    JOIN appraisal_coverage other ON other.department_id = mine.department_id
        AND (other.position_id IS NULL OR mine.position_id IS NULL
             OR other.position_id = mine.position_id)
    JOIN appraisal_schemeversion v ON v.id = other.version_id
    JOIN appraisal_scheme s ON s.id = v.scheme_id
    WHERE mine.version_id = NEW.id AND v.id <> NEW.id AND v.state IN {DECIDED}
    AND s.cycle = (SELECT own.cycle FROM appraisal_scheme own WHERE own.id = NEW.scheme_id)
    AND (v.effective_to IS NULL OR v.effective_to > v.effective_from)
    AND (v.effective_to IS NULL OR v.effective_to > NEW.effective_from)
    AND (NEW.effective_to IS NULL OR NEW.effective_to > v.effective_from))"""


def _kept(row: str, column: str = "version_id") -> str:
    return (
        f"EXISTS (SELECT 1 FROM appraisal_schemeversion v WHERE v.id = {row}.{column} "
        f"AND v.state IN {KEPT})"
    )


def _content(table: str) -> list[migrations.RunPython]:
    message = "a submitted scheme version never changes"
    return [
        guard(table, "INSERT", _kept("NEW"), message),
        guard(table, "UPDATE", f"{_kept('OLD')} OR {_kept('NEW')}", message),
        guard(table, "DELETE", _kept("OLD"), message),
    ]


def lock_activations(apps: Any, schema_editor: Any) -> None:
    """On PostgreSQL two transactions activate one after the other, so that each sees the other.

    SQLite has one writer at a time anyway. The name sorts before the guard's: it runs first.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "CREATE FUNCTION activation_appraisal_schemeversion() RETURNS trigger AS $$ BEGIN "
        "PERFORM pg_advisory_xact_lock(hashtext('appraisal_schemeversion.activation')); "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    schema_editor.execute(
        "CREATE TRIGGER activation_appraisal_schemeversion BEFORE UPDATE "
        "ON appraisal_schemeversion FOR EACH ROW WHEN (NEW.state = 'active') "
        "EXECUTE FUNCTION activation_appraisal_schemeversion()"
    )


def unlock_activations(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "DROP TRIGGER activation_appraisal_schemeversion ON appraisal_schemeversion"
    )
    schema_editor.execute("DROP FUNCTION activation_appraisal_schemeversion()")


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0005_scheme_approval")]

    operations = [
        guard(
            "appraisal_schemeversion",
            "INSERT",
            f"NEW.state IN {KEPT}",
            "a scheme version begins as a draft",
        ),
        guard(
            "appraisal_schemeversion",
            "UPDATE",
            f"(OLD.state IN {KEPT} AND ({CONTENT_CHANGED})) "
            f"OR (OLD.state IN {DECIDED} AND ({DECISION_CHANGED})) "
            f"OR {WRONG_WAY} OR ({OVERLAPS})",
            "a submitted scheme version never changes and none overlaps another",
        ),
        guard(
            "appraisal_schemeversion",
            "DELETE",
            f"OLD.state IN {KEPT}",
            "a submitted scheme version is never deleted",
        ),
        migrations.RunPython(lock_activations, unlock_activations),
        *_content("appraisal_schemeitem"),
        *_content("appraisal_coverage"),
        guard(
            "appraisal_schemeversion_editors",
            "DELETE",
            _kept("OLD", "schemeversion_id"),
            "who edited a scheme version stays on record",
        ),
        guard(
            "appraisal_schemenotice",
            "UPDATE",
            "OLD.version_id <> NEW.version_id OR OLD.employee_id <> NEW.employee_id "
            "OR OLD.told_at <> NEW.told_at OR (OLD.confirmed_at IS NOT NULL "
            "AND (NEW.confirmed_at IS NULL OR NEW.confirmed_at <> OLD.confirmed_at))",
            "who was told and who confirmed stays on record",
        ),
        guard(
            "appraisal_schemenotice",
            "DELETE",
            _kept("OLD"),
            "who was told and who confirmed stays on record",
        ),
    ]
