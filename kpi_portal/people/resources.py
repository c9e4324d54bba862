"""Reference data as tables, in and out: each row is saved by the services, so it is recorded."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.formats.base_formats import CSV, XLSX
from import_export.widgets import ForeignKeyWidget

from kpi_portal.core.errors import DomainError
from kpi_portal.core.exports import neutral
from kpi_portal.people import services, sniffing
from kpi_portal.people.models import Department, Employee, Position, User
from kpi_portal.people.queries import assignments_at, local_date
from kpi_portal.people.services.changes import Invalid


class SafeXlsx(XLSX):  # type: ignore[misc]
    """Workbooks of sensible size without macros; anything else is refused unread."""

    def create_dataset(self, in_stream: bytes) -> Any:
        if not sniffing.is_plain_workbook(in_stream):
            raise ValueError(_("This is no plain .xlsx workbook. Save it as .xlsx or .csv."))
        return super().create_dataset(in_stream)


FORMATS = [CSV, SafeXlsx]


class ServiceResource(resources.ModelResource):  # type: ignore[misc]
    """A table whose rows are saved by a service and whose text is never a formula."""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return neutral(value) if isinstance(value, str) else value

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Hand the row to the service; its refusal becomes the row's sentence."""
        by: User | None = kwargs.get("user")
        try:
            saved = self.save_by_service(instance, is_create, row, by)
        except Invalid as error:
            fields_ = {name: [str(text)] for name, text in error.fields.items()}
            raise ValidationError(fields_ or str(error.message)) from error
        except DomainError as error:
            raise ValidationError(str(error.message)) from error
        instance.pk = saved.pk

    def save_by_service(self, instance: Any, is_create: bool, row: Any, by: User | None) -> Any:
        raise NotImplementedError


NAMES = ("code", "name", "name_zh_hant", "name_en")


def _values(instance: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(instance, name) for name in names}


class DepartmentResource(ServiceResource):
    """Columns: code, names, parent (code), head (employee no.)."""

    parent = fields.Field("parent", "parent", ForeignKeyWidget(Department, "code"))
    head = fields.Field("head", "head", ForeignKeyWidget(Employee, "number"))

    class Meta:
        model = Department
        import_id_fields = ("code",)
        fields = (*NAMES, "parent", "head")
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def save_by_service(
        self, instance: Department, is_create: bool, row: Any, by: User | None
    ) -> Department:
        data = _values(instance, (*NAMES, "parent", "head"))
        if is_create:
            return services.add_department(by=by, **data)
        return services.change_department(Department.objects.get(pk=instance.pk), by=by, **data)


class PositionResource(ServiceResource):
    """Columns: code, names."""

    class Meta:
        model = Position
        import_id_fields = ("code",)
        fields = NAMES
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def save_by_service(
        self, instance: Position, is_create: bool, row: Any, by: User | None
    ) -> Position:
        data = _values(instance, NAMES)
        if is_create:
            return services.add_position(by=by, **data)
        return services.change_position(Position.objects.get(pk=instance.pk), by=by, **data)


class EmployeeResource(ServiceResource):
    """Columns: number, name, hired_on, left_on, is_shared, and where they work.

    `department`, `position` (codes) and `supervisor` (employee no.) hold from `start_on`: the
    column of that name, else the hiring date of a new employee, else today. Without a department
    nobody is moved.
    """

    department = fields.Field("department")
    position = fields.Field("position")
    supervisor = fields.Field("supervisor")
    start_on = fields.Field("start_on")

    class Meta:
        model = Employee
        import_id_fields = ("number",)
        fields = (
            "number",
            "name",
            "hired_on",
            "left_on",
            "is_shared",
            "department",
            "position",
            "supervisor",
            "start_on",
        )
        use_transactions = True
        skip_unchanged = False

    def dehydrate_department(self, employee: Employee) -> str:
        place = self._place(employee)
        return neutral(place.department.code) if place else ""

    def dehydrate_position(self, employee: Employee) -> str:
        place = self._place(employee)
        return neutral(place.position.code) if place and place.position else ""

    def dehydrate_supervisor(self, employee: Employee) -> str:
        place = self._place(employee)
        return neutral(place.supervisor.number) if place and place.supervisor else ""

    def dehydrate_start_on(self, employee: Employee) -> str:
        place = self._place(employee)
        return place.start_on.isoformat() if place else ""

    def _place(self, employee: Employee) -> Any:
        """Where the employee is today; looked up once per row."""
        known = getattr(employee, "_place_today", False)
        if known is False:
            today = local_date(timezone.now())
            known = assignments_at([employee.pk], today).get(employee.pk)
            employee._place_today = known  # type: ignore[attr-defined]
        return known

    def save_by_service(
        self, instance: Employee, is_create: bool, row: Any, by: User | None
    ) -> Employee:
        data = _values(instance, ("number", "name", "hired_on", "is_shared"))
        if is_create:
            employee = services.add_employee(**data, department=None, start_on=date.min, by=by)
        else:
            stored = Employee.objects.get(pk=instance.pk)
            employee = services.change_employee(stored, by=by, **data)
        self._move(employee, row, by, is_create)
        if instance.left_on is not None:
            services.leave(employee, on=instance.left_on, by=by)
        return employee

    def _move(self, employee: Employee, row: Any, by: User | None, is_create: bool) -> None:
        code = str(row.get("department") or "").strip()
        if not code:
            return
        start = str(row.get("start_on") or "").strip()[:10]
        if start:
            on = date.fromisoformat(start)
        else:
            hired = employee.hired_on if is_create else None
            on = hired or local_date(timezone.now())
        services.transfer(
            employee,
            on=on,
            department=_found(Department, "code", code),
            position=_found(Position, "code", row.get("position")),
            supervisor=_found(Employee, "number", row.get("supervisor")),
            by=by,
        )


def _found(model: Any, key: str, text: Any) -> Any:
    """The object with this code or number; None for an empty cell. Raises ValidationError."""
    wanted = str(text or "").strip()
    if not wanted:
        return None
    found = model.objects.filter(**{key: wanted}).first()
    if found is None:
        raise ValidationError(
            _("“%(text)s” is not known (%(kind)s).")
            % {"text": wanted, "kind": model._meta.verbose_name}
        )
    return found
