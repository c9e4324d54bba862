"""Input on the period console."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kpi_portal.people.models import Department


class ReasonForm(forms.Form):
    """Why: to compute again, to send back, to approve."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class OptionalReasonForm(ReasonForm):
    """A remark that may be left out."""

    reason = forms.CharField(
        label=_("Remark"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OpenPeriodForm(forms.Form):
    """The period to open: any month, quarter or year that has begun."""

    code = forms.RegexField(
        label=_("Period"),
        regex=r"^[0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]))?$",
        help_text=_("2026-10, 2026-Q4 or 2026"),
        error_messages={
            "invalid": _("Write a month as 2026-10, a quarter as 2026-Q4, a year as 2026.")
        },
    )


class CoefficientForm(forms.Form):
    """A department's coefficient with its reason."""

    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.all())
    value = forms.DecimalField(
        label=_("Coefficient"), min_value=0, max_value=2, max_digits=4, decimal_places=2
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)
