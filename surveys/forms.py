"""Filters of the satisfaction pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Ticket


class AnswerFilter(forms.Form):
    """Narrows a list of answers."""

    agent = forms.CharField(label=_("agent"), required=False, max_length=100)
    channel = forms.ChoiceField(
        label=_("channel"), required=False, choices=[("", _("all")), *Ticket.Channel.choices]
    )
    q = forms.CharField(label=_("ticket no."), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {"from": _("answered from"), "to": _("answered until")}
        for name, label in days.items():
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        self.fields["import"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.order_fields(["from", "to", "agent", "channel", "q"])
