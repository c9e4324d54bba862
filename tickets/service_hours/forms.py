"""The form of one span of service hours."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi_portal.people.models import Department
from tickets.models import ServiceHours, Ticket

CLOCK = re.compile(r"([01]?[0-9]|2[0-4])[:：]([0-5][0-9])")
DAY = 24 * 60


class ClockField(forms.CharField):
    """A time of day as minutes after midnight; 24:00 is the end of the day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=5,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "09:00"}),
            **options,
        )

    def clean(self, value: Any) -> int:
        text = str(super().clean(value)).strip()
        found = CLOCK.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
        if minutes > DAY:
            raise forms.ValidationError(_("Write a time as 09:00, from 00:00 to 24:00."))
        return minutes


class HoursForm(forms.Form):
    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"),
        queryset=Department.objects.all(),
        required=False,
        empty_label=gettext_lazy("all departments"),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=[("", gettext_lazy("all channels")), *Ticket.Channel.choices],
        required=False,
    )
    days = forms.ChoiceField(label=gettext_lazy("Days"), choices=ServiceHours.Days.choices)
    opens = ClockField(label=gettext_lazy("From"))
    closes = ClockField(label=gettext_lazy("To"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens is not None and closes is not None and closes <= opens:
            self.add_error("closes", _("The end comes after the start."))
        return cleaned
