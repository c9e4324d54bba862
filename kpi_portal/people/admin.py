"""Reference data in Django's admin. Every save goes through the services of the pages."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin

from kpi_portal.people import resources, services
from kpi_portal.people.admin_site import site
from kpi_portal.people.models import (
    Company,
    Department,
    Employee,
    Position,
    User,
    WorkCalendarDay,
)
from kpi_portal.people.permissions import can_use_admin


class ServiceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For administrators by role; saves by a service; deletes nothing unless a class says so."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and can_use_admin(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """Let the service save what the form has cleaned."""
        names = form.changed_data if change else list(form.cleaned_data)
        data = {name: form.cleaned_data[name] for name in names}
        stored = type(obj)._default_manager.get(pk=obj.pk) if change else None
        saved = self.save_by_service(stored, data, request.user)
        obj.pk = saved.pk
        obj._state.adding = False

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> Any:
        """Change `stored`, or add if it is None; the saved object."""
        raise NotImplementedError


class TableAdmin(ImportExportModelAdmin, ServiceAdmin):  # type: ignore[misc]
    """With import and export of the whole table."""

    formats = resources.FORMATS


@admin.register(Department, site=site)
class DepartmentAdmin(TableAdmin):
    resource_classes = (resources.DepartmentResource,)
    list_display = ("code", "name", "parent", "head")
    list_select_related = ("parent", "head")
    search_fields = ("code", "name")
    autocomplete_fields = ("head",)

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> Department:
        if stored is None:
            return services.add_department(by=by, **data)
        return services.change_department(stored, by=by, **data)


@admin.register(Position, site=site)
class PositionAdmin(TableAdmin):
    resource_classes = (resources.PositionResource,)
    list_display = ("code", "name", "name_zh_hant", "name_en")
    search_fields = ("code", "name")

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> Position:
        if stored is None:
            return services.add_position(by=by, **data)
        return services.change_position(stored, by=by, **data)


@admin.register(Employee, site=site)
class EmployeeAdmin(TableAdmin):
    resource_classes = (resources.EmployeeResource,)
    fields = ("number", "name", "hired_on", "is_shared", "left_on", "where")
    readonly_fields = ("left_on", "where")
    list_display = ("number", "name", "hired_on", "left_on", "is_shared")
    list_filter = ("is_shared",)
    search_fields = ("number", "name")

    @admin.display(description=_("Departments and supervisors"))
    def where(self, employee: Employee) -> str:
        """Transfers and leaving have dates and reasons: they are done on the portal's page."""
        if not employee.pk:
            return "—"
        url = reverse("people:employee", kwargs={"number": employee.number})
        return format_html('<a href="{}">{}</a>', url, _("Transfers and leaving"))

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> Employee:
        if stored is None:
            start_on = data["hired_on"]
            return services.add_employee(**data, department=None, start_on=start_on, by=by)
        return services.change_employee(stored, by=by, **data)


@admin.register(WorkCalendarDay, site=site)
class CalendarAdmin(ServiceAdmin):
    fields = ("day", "is_workday", "name")
    list_display = ("day", "name", "is_workday", "kind", "is_provisional")
    list_filter = ("kind", "is_workday")
    date_hierarchy = "day"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("day",) if obj else ()

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> WorkCalendarDay:
        day = stored.day if stored else data["day"]
        return services.set_company_day(
            day,
            is_workday=data.get("is_workday", stored.is_workday if stored else False),
            name=data.get("name", stored.name if stored else ""),
            by=by,
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Days of the company can be taken back; statutory ones cannot."""
        if not self.has_module_permission(request):
            return False
        return obj is not None and obj.kind == WorkCalendarDay.Kind.COMPANY

    def delete_model(self, request: HttpRequest, obj: WorkCalendarDay) -> None:
        services.clear_company_day(obj.day, by=request.user)  # type: ignore[arg-type]


@admin.register(Company, site=site)
class CompanyAdmin(ServiceAdmin):
    list_display = ("name", "month_start_day", "settle_days", "appeal_window_days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request) and not Company.objects.exists()

    def save_by_service(self, stored: Any, data: dict[str, Any], by: Any) -> Company:
        return services.change_company(by=by, **data)
