"""Two assignments of one employee never overlap: an exclusion constraint, on SQLite triggers."""

from typing import Any

from django.db import migrations

NAME = "people_assignment_apart"
MESSAGE = "assignments of one employee overlap"
OVERLAP = (
    "EXISTS (SELECT 1 FROM people_assignment other WHERE other.employee_id = NEW.employee_id "
    "AND other.id IS NOT NEW.id "
    "AND (other.end_on IS NULL OR other.end_on > NEW.start_on) "
    "AND (NEW.end_on IS NULL OR NEW.end_on > other.start_on))"
)


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for act in ("INSERT", "UPDATE"):
            schema_editor.execute(
                f"CREATE TRIGGER {NAME}_{act.lower()} BEFORE {act} ON people_assignment "
                f"WHEN {OVERLAP} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        return
    # The employee as a range of one: this needs no extension for the equality.
    schema_editor.execute(
        f"ALTER TABLE people_assignment ADD CONSTRAINT {NAME} EXCLUDE USING gist ("
        "int8range(employee_id, employee_id, '[]') WITH &&, "
        "daterange(start_on, end_on) WITH &&)"
    )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for act in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER {NAME}_{act.lower()}")
        return
    schema_editor.execute(f"ALTER TABLE people_assignment DROP CONSTRAINT {NAME}")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_session_epoch")]

    operations = [migrations.RunPython(create, drop)]
