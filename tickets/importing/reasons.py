"""Why a row was rejected or deserves a look, as sentences that say what, where and how to mend."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

# %(row)s, %(column)s and %(value)s are always there; further names come from the reason's params.
REASONS: Mapping[str, Any] = {
    "not_a_date": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is not a date. Change it to a form like "
        "2026-01-02 and import the rejected rows again."
    ),
    "mixed_dates": _(
        "Row %(row)s: in “%(column)s” some dates have the day first and others the month, so "
        "%(value)s could mean two days. Choose the order of day and month for this column."
    ),
    "date_out_of_range": _(
        "Row %(row)s: the date %(value)s in “%(column)s” is not between 1990 and 2100. Correct it "
        "in the source and import the rejected rows again."
    ),
    "in_the_future": _(
        "Row %(row)s: the time %(value)s in “%(column)s” lies more than a day in the future. "
        "Correct it, or choose the right time zone, and import the rejected rows again."
    ),
    "not_a_duration": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is not a duration. Change it to seconds "
        "or to a form like 01:02:03 and import the rejected rows again."
    ),
    "negative": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is below zero. Correct it in the source "
        "and import the rejected rows again."
    ),
    "not_a_number": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is not a number. Correct it and import "
        "the rejected rows again."
    ),
    "number_too_large": _(
        "Row %(row)s: the number %(value)s in “%(column)s” is too large. Correct it and import "
        "the rejected rows again."
    ),
    "not_whole": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is not a whole number. Correct it and "
        "import the rejected rows again."
    ),
    "not_a_flag": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is neither yes nor no. Use 是 or 否 and "
        "import the rejected rows again."
    ),
    "score_out_of_scale": _(
        "Row %(row)s: the score %(value)s in “%(column)s” is not on the scale from 0 to "
        "%(scale)s. Correct it or choose another scale."
    ),
    "missing": _(
        "Row %(row)s: “%(column)s” is empty. Fill it in and import the rejected rows again."
    ),
    "too_long": _(
        "Row %(row)s: the value in “%(column)s” is longer than %(limit)s characters. Shorten it "
        "and import the rejected rows again."
    ),
    "precision_lost": _(
        "Row %(row)s: %(value)s in “%(column)s” is a long number that a spreadsheet has rounded; "
        "the original is lost. Export the file again with this column as text."
    ),
    "bad_bytes": _(
        "Row %(row)s: some characters cannot be read in the encoding of the file. Save the file "
        "as UTF-8 and import the rejected rows again."
    ),
    "nul": _(
        "Row %(row)s holds NUL characters, which no text has. Export the file again, or remove "
        "them and import the rejected rows again."
    ),
    "cell_too_long": _(
        "Row %(row)s has a cell of more than 32,767 characters. Shorten it and import the "
        "rejected rows again."
    ),
    "control_characters": _(
        "Row %(row)s: “%(column)s” holds control characters. Remove them and import the rejected "
        "rows again."
    ),
    "too_few_cells": _(
        "Row %(row)s has %(found)s cells, the header has %(expected)s. Complete the row and "
        "import the rejected rows again."
    ),
    "too_many_cells": _(
        "Row %(row)s has %(found)s cells, the header has %(expected)s. Perhaps a separator inside "
        "a text is not in quotes. Correct it and import the rejected rows again."
    ),
    "bad_quotes": _(
        "Row %(row)s: a quotation mark stands inside a text that is not in quotes. Write it twice "
        "inside quotes and import the rejected rows again."
    ),
    "repeated_header": _("Row %(row)s repeats the header. It was left out."),
    "total_row": _("Row %(row)s is a total (%(value)s), not a record. It was left out."),
    "duplicate": _(
        "Row %(row)s: the number %(value)s already stands in row %(first)s of this file. Remove "
        "one of the two."
    ),
    "unknown_agent": _(
        "Row %(row)s: nobody named %(value)s (“%(column)s”) is known. Add the employee, use the "
        "employee no., or import with “create unknown agents”."
    ),
    "ambiguous_agent": _(
        "Row %(row)s: %(count)s employees are named %(value)s (“%(column)s”). Use the employee "
        "no. and import the rejected rows again."
    ),
    "not_employed": _(
        "Row %(row)s: %(value)s was not employed on %(day)s. Correct the agent or the employment "
        "dates and import the rejected rows again."
    ),
    "error_cell": _(
        "Row %(row)s: the cell in “%(column)s” holds the error %(value)s. Correct the formula and "
        "import the rejected rows again."
    ),
    "unknown_department": _(
        "Row %(row)s: there is no department %(value)s (“%(column)s”). Use its code or its name "
        "and import the rejected rows again."
    ),
    "too_many_decimals": _(
        "Row %(row)s: the value %(value)s in “%(column)s” has more than four decimals. Round it "
        "and import the rejected rows again."
    ),
    "more_than": _(
        "Row %(row)s: %(value)s in “%(column)s” is more than %(most)s, of which it is a part. "
        "Correct it and import the rejected rows again."
    ),
    "ends_before_start": _(
        "Row %(row)s: the date %(value)s in “%(column)s” lies before the beginning. Correct it "
        "and import the rejected rows again."
    ),
    "overlapping_leave": _(
        "Row %(row)s: an absence of %(value)s from %(start)s to %(end)s is already known. Correct "
        "the days and import the rejected rows again."
    ),
    "own_leave": _(
        "Row %(row)s: nobody records an absence of their own. Let somebody else import this row."
    ),
    "one_of_two": _(
        "Row %(row)s names neither an employee nor a department. Name one of them and "
        "import the rejected rows again."
    ),
    "unknown_questionnaire": _(
        "Row %(row)s: there is no questionnaire %(value)s (“%(column)s”). Known are: %(known)s."
    ),
    "which_questionnaire": _(
        "Row %(row)s: it is not clear which questionnaire this is. Name it in a column, or say "
        "what kind of assessment it is: 质检, 360, 考试 or 神秘顾客."
    ),
    "item_out_of_range": _(
        "Row %(row)s: the value %(value)s in “%(column)s” is not between %(low)s and %(high)s. "
        "Correct it and import the rejected rows again."
    ),
    "unknown_option": _(
        "Row %(row)s: %(value)s is not one of the choices of “%(column)s”: %(known)s. Correct it "
        "and import the rejected rows again."
    ),
    "nothing_judged": _(
        "Row %(row)s has neither a score nor any judged item. Fill one in and import the rejected "
        "rows again."
    ),
    "self_and_other": _(
        "Row %(row)s: a self-assessment comes from the employee, every other one from somebody "
        "else. Correct the rater or the rater group and import the rejected rows again."
    ),
    "unknown_rater_group": _(
        "Row %(row)s: the rater group %(value)s in “%(column)s” is not known. Use one of 自评, "
        "主管, 质检, 同事, 客户 and import the rejected rows again."
    ),
    "adjudicated_twice": _(
        "Row %(row)s: this ticket has been adjudicated already (row %(first)s). Remove one of the "
        "two."
    ),
    "answer_before_invitation": _(
        "Row %(row)s: the answer %(value)s in “%(column)s” lies before the invitation. Correct it "
        "and import the rejected rows again."
    ),
    "not_a_code": _(
        "Row %(row)s: %(value)s in “%(column)s” is no known item. Use its code: letters, digits, "
        "_ and -, such as attendance."
    ),
    "unknown_field": _("Ticket %(row)s: there is no field “%(column)s”. Remove it."),
    "not_a_plain_value": _("Ticket %(row)s: “%(column)s” must be a text, a number or empty."),
    "not_an_object": _("Entry %(row)s is not an object with the fields of a ticket."),
}

WARNINGS: Mapping[str, Any] = {
    "response_before_creation": _(
        "First response before creation: taken in, but left out of the response metrics."
    ),
    "resolution_before_creation": _(
        "Resolution before creation: taken in, but left out of the handling metrics."
    ),
    "resolution_before_response": _(
        "Resolution before the first response: taken in, but left out of the metric between them."
    ),
    "future": _("Times up to a day in the future: perhaps another time zone."),
    "very_long": _("Durations over 30 days: please check a few."),
    "direction_marks": _("Invisible direction marks were removed."),
    "mojibake": _("Texts look as if they had been read in a wrong encoding before."),
    "no_owner": _("Nobody is named as agent: these count for no one."),
    "unknown_group": _("Departments that are not known were left empty."),
    "clock_change": _("Times that the change to or from summer time makes doubtful."),
    "blank_rows": _("Blank rows were skipped."),
    "hidden_sheets": _("The file has hidden sheets; they were not read."),
}


def sentence(key: str, row: int, column: str, value: str, params: Mapping[str, Any]) -> str:
    """The reason in the reader's language; one that is gone is named by its key."""
    template = REASONS.get(key)
    if template is None:
        return key
    return str(template) % {**params, "row": row, "column": column, "value": value}


def warning(key: str) -> str:
    """The warning in the reader's language."""
    return str(WARNINGS.get(key, key))
