"""Forms of the recorded values: filter, a new value, a correction."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpi_portal.people.models import Department, Employee, User
from kpi_portal.people.queries import local_date
from surveys.models import RecordedValue
from surveys.recorded.items import code_of
from surveys.recorded.permissions import can_record_for
from tickets.importing.converters import plain


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class RecordedFilter(forms.Form):
    """Narrows the list of recorded values."""

    item = forms.CharField(label=_("item"), required=False, max_length=60)
    who = forms.CharField(label=_("employee or department"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = _day(_("from"), required=False)
        self.fields["to"] = _day(_("until"), required=False)
        self.fields["import"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.order_fields(["from", "to", "item", "who"])


class CorrectionForm(forms.Form):
    """Another value of the same item, person and day, and why."""

    value = forms.DecimalField(label=_("value"), max_digits=16, decimal_places=4)
    source = forms.CharField(
        label=_("source"), max_length=100, help_text=_("The system or list that it comes from.")
    )
    evidence = forms.CharField(
        label=_("evidence"),
        max_length=500,
        help_text=_("What proves it, such as the no. of a report or where it is filed."),
    )
    reason = forms.CharField(
        label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class RecordForm(CorrectionForm):
    """A new value of one employee or one department."""

    item = forms.CharField(
        label=_("item"),
        max_length=60,
        help_text=_("Its name, such as 出勤率 or 培训完成率, or a code of your own."),
    )
    employee = forms.CharField(
        label=_("employee"), max_length=100, required=False, help_text=_("Employee no. or name.")
    )
    department = forms.ModelChoiceField(
        label=_("or department"), queryset=Department.objects.all(), required=False
    )

    def __init__(self, user: User, data: Any = None) -> None:
        self.user = user
        super().__init__(data)
        del self.fields["reason"]
        self.fields["effective_on"] = _day(_("effective on"))
        self.order_fields(
            ["item", "employee", "department", "effective_on", "value", "source", "evidence"]
        )

    def clean_item(self) -> str:
        code = code_of(self.cleaned_data["item"])
        if code is None:
            raise forms.ValidationError(
                _("No such item is known. Use a code of letters, digits, _ and -.")
            )
        return code

    def clean_employee(self) -> Employee | None:
        text = plain(self.cleaned_data["employee"])
        if not text:
            return None
        found = list(Employee.objects.filter(number=text)[:1])
        found = found or list(Employee.objects.filter(name=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several employees have this name. Use the employee no.")
                if found
                else _("Nobody with this employee no. or name is known.")
            )
        return found[0]

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if day > local_date(timezone.now()):
            raise forms.ValidationError(_("This day lies in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "employee" in self.errors:
            return data
        employee, department = data.get("employee"), data.get("department")
        if (employee is None) == (department is None):
            self.add_error("employee", _("Name either an employee or a department."))
            return data
        whom, on = employee or department, data.get("effective_on")
        assert whom is not None
        if on is not None and not can_record_for(self.user, whom, on):
            field = "employee" if employee else "department"
            self.add_error(field, _("You may not record values of this one for this day."))
        data["whom"] = whom
        return data


def initial_of(value: RecordedValue) -> dict[str, Any]:
    """What a correction begins with."""
    return {"value": value.value, "source": value.source, "evidence": value.evidence}
