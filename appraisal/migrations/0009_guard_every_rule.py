"""The guards of 0004 and 0006 again, for the tables as they are now, and those of new tables.

New: segments and department cards freeze like scorecards; a published period goes back only by
being reopened; schemes for agents and for departments, for newcomers and for all, may count for
the same people at once.
"""

from importlib import import_module

from django.db import migrations

from kpi_portal.core.triggers import guard

_schemes = import_module("appraisal.migrations.0006_guard_schemes")

SHARED = [
    "period_id", "department_id", "revision", "version_id", "status", "extra", "deduction",
    "adjusted", "rollup", "band", "cutoff", "engine", "computed_at", "reason", "origin",
    "inputs_hash",
]  # fmt: skip
SHARED_OR_EMPTY = ["subtotal", "final", "frozen_at"]
FIXED = [*SHARED, "employee_id", "working_days", "coefficient"]
FIXED_OR_EMPTY = [*SHARED_OR_EMPTY, "position_id", "supervisor_id"]
PUBLISHED = "('published', 'closed')"


def _changed(fixed: list[str], fixed_or_empty: list[str]) -> str:
    return " OR ".join(
        [f"OLD.{name} <> NEW.{name}" for name in fixed]
        + [
            f"(OLD.{name} IS NULL) <> (NEW.{name} IS NULL) "
            f"OR (OLD.{name} IS NOT NULL AND OLD.{name} <> NEW.{name})"
            for name in fixed_or_empty
        ]
    )


def _card(table: str, changed: str, words: str) -> list[migrations.RunPython]:
    return [
        guard(
            table,
            "UPDATE",
            f"OLD.frozen_at IS NOT NULL AND ({changed})",
            f"a published {words} never changes",
        ),
        guard(
            table,
            "DELETE",
            "OLD.frozen_at IS NOT NULL",
            f"a published {words} is never deleted",
        ),
    ]


def _part(table: str, of: str, column: str, words: str) -> list[migrations.RunPython]:
    def frozen(row: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {of} c WHERE c.id = {row}.{column} "
            "AND c.frozen_at IS NOT NULL)"
        )

    return [
        guard(table, "INSERT", frozen("NEW"), f"a published {words} takes nothing further"),
        guard(
            table,
            "UPDATE",
            f"{frozen('OLD')} OR {frozen('NEW')}",
            f"a part of a published {words} never changes",
        ),
        guard(table, "DELETE", frozen("OLD"), f"a part of a published {words} is never deleted"),
    ]


REOPENED = (
    "(NEW.state = 'calculated' AND NEW.reopened_at IS NOT NULL "
    "AND (OLD.reopened_at IS NULL OR NEW.reopened_at > OLD.reopened_at))"
)
CONTENT = [
    *_schemes.FIXED, "coefficient_table", "rollup", "blend_share", "parts",
]  # fmt: skip
OVERLAPS = _schemes.OVERLAPS.replace(
    "AND s.cycle = (SELECT own.cycle FROM appraisal_scheme own WHERE own.id = NEW.scheme_id)",
    "AND EXISTS (SELECT 1 FROM appraisal_scheme own WHERE own.id = NEW.scheme_id "
    "AND own.cycle = s.cycle AND own.subject = s.subject) "
    "AND (v.newcomer_months IS NULL) = (NEW.newcomer_months IS NULL)",
)
assert OVERLAPS != _schemes.OVERLAPS


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0008_every_rule")]

    operations = [
        *_card("appraisal_scorecard", _changed(FIXED, FIXED_OR_EMPTY), "scorecard"),
        *_part("appraisal_scoreline", "appraisal_scorecard", "scorecard_id", "scorecard"),
        *_part("appraisal_cardsegment", "appraisal_scorecard", "scorecard_id", "scorecard"),
        *_card(
            "appraisal_departmentcard",
            _changed(SHARED, SHARED_OR_EMPTY),
            "department scorecard",
        ),
        *_part(
            "appraisal_departmentline",
            "appraisal_departmentcard",
            "card_id",
            "department scorecard",
        ),
        guard(
            "appraisal_period",
            "UPDATE",
            f"OLD.state IN {PUBLISHED} AND ((NEW.state NOT IN {PUBLISHED} AND NOT {REOPENED}) "
            "OR (OLD.state = 'closed' AND NEW.state = 'published') "
            "OR OLD.code <> NEW.code OR OLD.start_on <> NEW.start_on "
            "OR OLD.end_on <> NEW.end_on OR OLD.cutoff_on <> NEW.cutoff_on)",
            "a published period goes back only by being reopened",
        ),
        guard(
            "appraisal_period",
            "DELETE",
            f"OLD.state IN {PUBLISHED}",
            "a published period is never deleted",
        ),
        *_schemes.Migration.operations[:1],
        guard(
            "appraisal_schemeversion",
            "UPDATE",
            f"(OLD.state IN {_schemes.KEPT} AND ({_changed(CONTENT, ['newcomer_months'])})) "
            f"OR (OLD.state IN {_schemes.DECIDED} AND ({_schemes.DECISION_CHANGED})) "
            f"OR {_schemes.WRONG_WAY} OR ({OVERLAPS})",
            "a submitted scheme version never changes and none overlaps another",
        ),
        *_schemes.Migration.operations[2:],
        guard(
            "appraisal_scheme",
            "UPDATE",
            "(OLD.cycle <> NEW.cycle OR OLD.subject <> NEW.subject) AND EXISTS (SELECT 1 "
            "FROM appraisal_schemeversion v WHERE v.scheme_id = OLD.id "
            f"AND v.state IN {_schemes.KEPT})",
            "a scheme in use keeps its cycle and whom it scores",
        ),
    ]
