"""Guard triggers that refuse changes to frozen rows, written once for both databases.

Used by migrations only. Each guard raises an error in the database itself, so that no path
through the application, the admin or raw SQL changes what is frozen.
"""

from typing import Any

from django.db import migrations


def guard(table: str, act: str, condition: str, message: str) -> migrations.RunPython:
    """A migration operation that refuses `act` on `table` when `condition`.

    `act` is INSERT, UPDATE or DELETE. `condition` is SQL over OLD and NEW that both databases
    understand; an INSERT has no OLD, a DELETE no NEW.
    The trigger's name is `guard_<table>_<act>`.
    """
    name = f"guard_{table}_{act.lower()}"

    def create(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
            return
        result = "OLD" if act == "DELETE" else "NEW"
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {result}; END $$ LANGUAGE plpgsql"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
            return
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
        schema_editor.execute(f"DROP FUNCTION {name}()")

    return migrations.RunPython(create, drop)


def lifted(migration: Any) -> list[migrations.RunPython]:
    """Operations that take the guards of a migration away, and bring them back in reverse.

    SQLite makes a table anew when a column changes, and drops its triggers with the old one:
    lift the guards of the app first and set them again afterwards.
    """
    return [
        migrations.RunPython(operation.reverse_code, operation.code)
        for operation in reversed(migration.operations)
        if isinstance(operation, migrations.RunPython) and operation.reverse_code is not None
    ]
