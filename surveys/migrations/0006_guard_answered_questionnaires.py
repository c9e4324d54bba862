"""A version of a questionnaire that has been answered never changes."""

from django.db import migrations

from kpi_portal.core.triggers import guard

MESSAGE = "an answered questionnaire never changes"


def _answered(row: str, column: str = "version_id") -> str:
    return f"EXISTS (SELECT 1 FROM surveys_assessment a WHERE a.version_id = {row}.{column})"


def _content(table: str) -> list[migrations.RunPython]:
    return [
        guard(table, "INSERT", _answered("NEW"), MESSAGE),
        guard(table, "UPDATE", f"{_answered('OLD')} OR {_answered('NEW')}", MESSAGE),
        guard(table, "DELETE", _answered("OLD"), MESSAGE),
    ]


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_assessments_and_recorded_values")]

    operations = [
        guard("surveys_questionnaireversion", "UPDATE", _answered("OLD", "id"), MESSAGE),
        guard("surveys_questionnaireversion", "DELETE", _answered("OLD", "id"), MESSAGE),
        *_content("surveys_section"),
        *_content("surveys_questionnaireitem"),
    ]
