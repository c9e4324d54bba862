"""The filter of the trail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kpi_portal.audit import words

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TrailFilter(forms.Form):
    who = forms.CharField(label=_("Who"), required=False, max_length=60)
    act = forms.ChoiceField(label=_("Act"), required=False)
    object_type = forms.CharField(label=_("Object type"), required=False, max_length=60)
    object_id = forms.CharField(label=_("Object"), required=False, max_length=64)
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("Until"), required=False, widget=DAY)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        acts = sorted((str(label), act) for act, label in words.ACTS.items())
        choices = [("", _("all")), *((act, label) for label, act in acts)]
        self.fields["act"].choices = choices  # type: ignore[attr-defined]
