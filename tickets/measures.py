"""What metrics ask of the tickets: which tickets an anchor puts into a window, whom they count
for, and how to narrow them. Knows no metric.

Every population leaves out tickets created after the cutoff: for the run they do not exist.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Star
from django.db.models.fields import BooleanField
from django.db.models.functions import Cast, Coalesce, RowNumber, TruncDate

from kpi_portal.core import time
from kpi_portal.core.totals import date_of
from kpi_portal.people.models import Assignment, Employee
from kpi_portal.people.queries import zone
from tickets.models import OrderVolume, Ticket

COLUMNS = {
    "channel": "channel",
    "kind": "kind",
    "category": "category",
    "service_type": "service_type",
    "priority": "priority",
}


def created(window: time.Window, cutoff: datetime) -> QuerySet[Ticket]:
    """Tickets created in the window."""
    return _within(Ticket.objects.all(), "created_at", window, cutoff)


def resolved(window: time.Window, cutoff: datetime) -> QuerySet[Ticket]:
    """Tickets first resolved in the window."""
    rows = _within(Ticket.objects.all(), "resolved_at", window, cutoff)
    return rows.filter(created_at__lte=cutoff)


def promised(window: time.Window, cutoff: datetime) -> QuerySet[Ticket]:
    """Tickets promised for an instant of the window, done or not."""
    rows = Ticket.objects.filter(promised_at__gte=window.start, promised_at__lt=window.end)
    return rows.filter(created_at__lte=cutoff)


def visits(window: time.Window, cutoff: datetime) -> QuerySet[Ticket]:
    """Tickets with an appointment in the window, kept or not."""
    rows = Ticket.objects.filter(appointment_at__gte=window.start, appointment_at__lt=window.end)
    return rows.filter(created_at__lte=cutoff)


def _within(
    rows: QuerySet[Ticket], anchor: str, window: time.Window, cutoff: datetime
) -> QuerySet[Ticket]:
    inside = {f"{anchor}__gte": window.start, f"{anchor}__lt": window.end}
    return rows.filter(**inside).filter(**{f"{anchor}__lte": cutoff})


def shared_accounts() -> QuerySet[Employee, Any]:
    """The ids of bots and shared accounts: never appraised."""
    return Employee.objects.filter(is_shared=True).order_by().values("id")


def of_people(rows: QuerySet[Any], owner: str) -> QuerySet[Any]:
    """Those that count for somebody who is appraised."""
    return rows.filter(~Q(**{f"{owner}_id__in": shared_accounts()}), **{f"{owner}__isnull": False})


def of_departments(rows: QuerySet[Any], owner: str) -> QuerySet[Any]:
    """Those that no bot or shared account owns: what a department is measured by."""
    nobody = Q(**{f"{owner}__isnull": True})
    return rows.filter(nobody | ~Q(**{f"{owner}_id__in": shared_accounts()}))


def department_id(owner: str, anchor: str, own: str = "department_id") -> Any:
    """The department of a record: the one it names, else its owner's on the anchor's day."""
    instant = ExpressionWrapper(OuterRef(anchor), output_field=DateTimeField())
    day = TruncDate(instant, tzinfo=zone())
    held = Assignment.objects.filter(employee_id=OuterRef(f"{owner}_id"), start_on__lte=day)
    held = held.filter(Q(end_on__isnull=True) | Q(end_on__gt=day)).order_by("-start_on")
    found = Subquery(held.values("department_id")[:1])
    return Coalesce(own, found, output_field=BigIntegerField())


class HasTag(Func):
    """Whether a JSON list of texts holds one of `values`."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, tags: str, values: Sequence[str]) -> None:
        super().__init__(F(tags), *(Value(value) for value in values))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self._sql(compiler, "(%s)::jsonb ?| ARRAY[%s]::text[]")

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self._sql(compiler, "EXISTS (SELECT 1 FROM json_each(%s) WHERE value IN (%s))")

    def _sql(self, compiler: Any, template: str) -> tuple[str, tuple[Any, ...]]:
        tags, *values = (compiler.compile(source) for source in self.source_expressions)
        sql = template % (tags[0], ", ".join(value[0] for value in values))
        return sql, tuple(param for part in (tags, *values) for param in part[1])


def narrowed(filters: Sequence[tuple[str, Sequence[str]]], prefix: str = "") -> Q:
    """The condition of filters `(name, values)`: of each one value holds.

    `prefix` leads to the ticket from the rows to be narrowed, as in "ticket__".
    """
    condition = Q()
    for name, values in filters:
        if name == "tag":
            condition &= Q(HasTag(f"{prefix}tags", values))
        elif len(values) == 1:
            condition &= Q(**{prefix + COLUMNS[name]: values[0]})
        else:
            condition &= Q(**{f"{prefix}{COLUMNS[name]}__in": tuple(values)})
    return condition


class _Seconds(Func):
    """Whole seconds from one instant to another; NULL if one is."""

    output_field = BigIntegerField()
    arity = 2

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="EXTRACT(EPOCH FROM %(expressions)s)::bigint",
            arg_joiner=" - ",
        )

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        later, earlier = (compiler.compile(source) for source in self.source_expressions)
        sql = f"(unixepoch({later[0]}) - unixepoch({earlier[0]}))"
        return sql, (*later[1], *earlier[1])


def seconds_between(start: str, end: str, *, otherwise: str, only: Q | None = None) -> Any:
    """Whole seconds from `start` to `end`; the field `otherwise` where `only` does not hold or
    an instant is empty.
    """
    seconds = _Seconds(F(end), F(start))
    if only is None:
        return Coalesce(seconds, Cast(otherwise, BigIntegerField()))
    return Case(
        When(only, then=seconds),
        default=Cast(otherwise, BigIntegerField()),
        output_field=BigIntegerField(),
    )


def total(amount: Any, condition: Q) -> Any:
    """The sum of whole numbers over the rows that meet the condition, itself a whole number."""
    if isinstance(amount, F):
        return Sum(amount, filter=condition, output_field=BigIntegerField())
    return Cast(Sum(amount, filter=condition), BigIntegerField())


class _Rows(Aggregate):
    """COUNT(*) FILTER (...), which Count refuses: both our databases have it. Counting `*` and
    not a column is what lets an index answer alone.
    """

    function = "COUNT"
    name = "Rows"
    empty_result_set_value = 0
    output_field = BigIntegerField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(Star(), **extra)


def number(condition: Q) -> Any:
    """How many rows meet the condition."""
    return _Rows(filter=condition or None)


def squares(amount: Any, condition: Q) -> tuple[Any, Any]:
    """The sum of the squared amounts in two parts: the first times 65,536 and the second.

    So that neither overflows: amounts are whole, from 0 to 2,147,483,647. NULL over nothing.
    """
    whole = Cast(amount, BigIntegerField())
    parts = (whole * whole.bitrightshift(16), whole * whole.bitand(65_535))
    high, low = (total(_whole(part), condition) for part in parts)
    return high, low


def _whole(amount: Any) -> Any:
    return ExpressionWrapper(amount, output_field=BigIntegerField())


def nothing() -> Any:
    """A column of zeros."""
    return Value(0, output_field=BigIntegerField())


def customers(condition: Q) -> Any:
    """How many different customers the rows that meet the condition are of."""
    return Count("customer_hash", distinct=True, filter=condition)


def total_of(column: str) -> Any:
    """The sum of a column."""
    return Sum(column, output_field=BigIntegerField())


def person_id(owner: str) -> Any:
    """The owner's id, NULL for a bot or shared account."""
    return Case(
        When(~Q(**{f"{owner}_id__in": shared_accounts()}), then=F(f"{owner}_id")),
        output_field=BigIntegerField(),
    )


def orders(window: time.Window, cutoff: datetime) -> QuerySet[OrderVolume]:
    """Order volumes of the days of the window that are over at the cutoff."""
    start, end = date_of(window.start, zone()), date_of(window.end, zone())
    rows = OrderVolume.objects.filter(day__gte=start, day__lt=end)
    return rows.filter(day__lt=date_of(cutoff, zone()))


def homes(window: time.Window) -> QuerySet[Assignment]:
    """The last assignment of each person in the window."""
    start, end = date_of(window.start, zone()), date_of(window.end, zone())
    held = Assignment.objects.overlapping(start, end)
    later = held.filter(employee_id=OuterRef("employee_id"), start_on__gt=OuterRef("start_on"))
    return held.filter(~Exists(later), employee__is_shared=False)


def middles(groups: Sequence[tuple[QuerySet[Any], Any, Any]]) -> QuerySet[Any, Any]:
    """`(place, group, amount)` for each `(rows, group, amount)` in its place: the amount in the
    middle of each group, or the two there. One statement.

    Ties are equal, so which of them is the middle makes no difference.
    """
    first, *others = (
        _middle(rows, group, amount, part) for part, (rows, group, amount) in enumerate(groups)
    )
    return first.union(*others, all=True) if others else first


def _middle(rows: QuerySet[Any], group: Any, amount: Any, part: int) -> QuerySet[Any, Any]:
    ranked: QuerySet[Any, Any] = rows.order_by().annotate(
        part=Value(part, output_field=BigIntegerField()),
        group=group,
        amount=amount,
        offset=Window(RowNumber(), partition_by=group, order_by=[amount]) * 2
        - Window(Count("*"), partition_by=group),
    )
    return ranked.filter(offset__range=(0, 2)).values_list("part", "group", "amount")
