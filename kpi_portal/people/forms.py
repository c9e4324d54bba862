"""Input about people, accounts, the calendar and tokens."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from kpi_portal.people.models import ApiToken, Company, Department, Employee, Position, Role


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class EmployeeField(forms.CharField):
    """An employee, typed by number or by a name that only one bears."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Employee no., or a name that only one person has."))
        super().__init__(max_length=100, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.number if isinstance(value, Employee) else value

    def clean(self, value: Any) -> Employee | None:
        text = super().clean(value)
        if not text:
            return None
        found = Employee.objects.filter(number=text).first()
        if found is not None:
            return found
        named = list(Employee.objects.filter(name=text)[:2])
        if len(named) == 1:
            return named[0]
        if named:
            raise forms.ValidationError(
                _("Several people are called “%(text)s”. Enter the employee no.") % {"text": text}
            )
        raise forms.ValidationError(_("Nobody is known as “%(text)s”.") % {"text": text})


class Reason(forms.Form):
    """Why; part of every change that others will ask about."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class PlaceFields(forms.Form):
    department = forms.ModelChoiceField(Department.objects.all(), label=_("Department"))
    position = forms.ModelChoiceField(Position.objects.all(), label=_("Position"), required=False)
    supervisor = EmployeeField(label=_("Supervisor"), required=False)


class NewEmployeeForm(PlaceFields):
    number = forms.CharField(label=_("Employee no."), max_length=64)
    name = forms.CharField(label=_("Full name"), max_length=100)
    start_on = forms.DateField(label=_("First day"), widget=day_input())

    field_order = ("number", "name", "start_on", "department", "position", "supervisor")


class EmployeeForm(forms.Form):
    number = forms.CharField(label=_("Employee no."), max_length=64)
    name = forms.CharField(label=_("Full name"), max_length=100)
    hired_on = forms.DateField(label=_("Hired on"), required=False, widget=day_input())
    is_shared = forms.BooleanField(
        label=_("Bot or shared account"), required=False, help_text=_("Never appraised.")
    )


class TransferForm(PlaceFields, Reason):
    on = forms.DateField(
        label=_("From"),
        widget=day_input(),
        help_text=_("The first day in the new place. Earlier results stay where they belong."),
    )

    field_order = ("on", "department", "position", "supervisor", "reason")


class LeaveForm(Reason):
    on = forms.DateField(
        label=_("Last day at work"),
        widget=day_input(),
        help_text=_("After this day the account no longer opens."),
    )

    field_order = ("on", "reason")


class AbsenceForm(Reason):
    start_on = forms.DateField(label=_("First day of absence"), widget=day_input())
    last_on = forms.DateField(label=_("Last day of absence"), widget=day_input())
    kind = forms.CharField(label=_("Kind"), max_length=40, required=False)

    field_order = ("start_on", "last_on", "kind", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("start_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day lies before the first."))
        return cleaned


class EmployeeFilter(forms.Form):
    q = forms.CharField(label=_("Name or employee no."), required=False, max_length=60)
    department = forms.ModelChoiceField(
        Department.objects.all(), label=_("Department"), required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("here", _("works here")), ("left", _("has left"))],
    )


class DepartmentForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=100)
    name_zh_hant = forms.CharField(label=_("Name in 繁體中文"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=100, required=False)
    parent = forms.ModelChoiceField(Department.objects.all(), label=_("Part of"), required=False)
    head = EmployeeField(label=_("Head"), required=False)


class AccountFilter(forms.Form):
    q = forms.CharField(label=_("Name, user name or employee no."), required=False, max_length=60)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("all")), *Role.choices]
    )


class NewAccountForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=150)
    employee = EmployeeField(label=_("Employee"), required=False)
    password = forms.CharField(
        label=_("First password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = Reason.base_fields["reason"]


class RoleForm(Reason):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    field_order = ("role", "reason")


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )


class CompanyDayForm(Reason):
    day = forms.DateField(label=_("Day"), widget=day_input())
    is_workday = forms.TypedChoiceField(
        label=_("This day is"),
        choices=[("no", _("a day off")), ("yes", _("a working day"))],
        coerce=lambda value: value == "yes",
    )
    name = forms.CharField(label=_("Name"), max_length=60, required=False)

    field_order = ("day", "is_workday", "name", "reason")


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    class Meta:
        model = Company
        fields = (
            "name",
            "name_zh_hant",
            "name_en",
            "month_start_day",
            "settle_days",
            "appeal_window_days",
            "appeal_never_lowers",
        )

    def show_only(self) -> None:
        """For readers who look and do not change: every field shown, none to fill in."""
        del self.fields["reason"]
        for field in self.fields.values():
            field.disabled = True


VALIDITY = [("30", _("30 days")), ("90", _("90 days")), ("366", _("one year"))]


class TokenForm(forms.Form):
    label = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        help_text=_("Such as: Power BI, nightly import."),
    )
    scope = forms.ChoiceField(label=_("Permission"), choices=ApiToken.Scope.choices)
    valid_for = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=VALIDITY,
        initial="90",
        coerce=lambda value: timedelta(days=int(value)),
    )
