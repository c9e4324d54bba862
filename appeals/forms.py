"""Input of appeals: clean values from what people type. State is the services' business."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from appeals.models import Ground, PanelSeat, ReasonCode, Topic
from appraisal.models import ScoreLine
from kpi_portal.people.models import User


class LinePoints:
    """Fields `points_<line id>` for the lines of a card: decimals, or left empty."""

    def __init__(self, lines: list[ScoreLine], data: QueryDict | None = None) -> None:
        self.lines = lines
        self.errors: dict[int, Any] = {}
        self.values: dict[int, Decimal] = {}
        self.raw: dict[int, str] = {}
        if data is not None:
            self._read(data)

    def _read(self, data: QueryDict) -> None:
        for line in self.lines:
            text = data.get(f"points_{line.pk}", "").strip()
            self.raw[line.pk] = text
            if not text:
                continue
            try:
                value = Decimal(text)
            except InvalidOperation:
                value = Decimal("NaN")
            if not value.is_finite() or not 0 <= value <= 100 or value != round(value, 2):
                self.errors[line.pk] = _("A number from 0 to 100 with at most two decimals.")
            else:
                self.values[line.pk] = value

    @property
    def is_valid(self) -> bool:
        return not self.errors


class DraftForm(forms.Form):
    """The appeal form 《绩效考核申诉表》: nothing is required until it is submitted."""

    topics = forms.MultipleChoiceField(
        label=_("I dispute"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    grounds = forms.MultipleChoiceField(
        label=_("Because"),
        choices=Ground.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    statement = forms.CharField(
        label=_("What happened"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Say what is wrong and how you know. Do not write customers' names or numbers."
        ),
    )
    request = forms.CharField(
        label=_("What I ask for"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ExtendForm(ReasonForm):
    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=20, initial=3)


class PersonForm(forms.Form):
    """Choose one of the people who may act; nobody else is offered or taken."""

    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, eligible: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[user.pk for user in eligible])


class PanelForm(forms.Form):
    """Choose three or five arbiters without a conflict."""

    users = forms.ModelMultipleChoiceField(
        label=_("Panel"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, eligible: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["users"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = User.objects.filter(pk__in=[user.pk for user in eligible])


class RecheckForm(forms.Form):
    note = forms.CharField(
        label=_("Finding of the recheck"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    held_at = forms.DateTimeField(
        label=_("Meeting on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)


class ScheduleForm(forms.Form):
    held_at = forms.DateTimeField(
        label=_("Meeting on"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)


class ProposalForm(forms.Form):
    minutes = forms.CharField(
        label=_("Minutes"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6})
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=ReasonCode.choices)


class ConfirmForm(forms.Form):
    round = forms.IntegerField(widget=forms.HiddenInput)
    agrees = forms.TypedChoiceField(
        label=_("I"),
        choices=[("yes", _("agree")), ("no", _("do not agree"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReEvaluateForm(forms.Form):
    reason = forms.CharField(
        label=_("Reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=ReasonCode.choices)


class VoteForm(forms.Form):
    vote = forms.ChoiceField(
        label=_("My vote"), choices=PanelSeat.Vote.choices, widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label=_("Reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )


class PublishForm(forms.Form):
    decision = forms.CharField(
        label=_("Decision"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=ReasonCode.choices)


class EvidenceForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, WebP, XLSX, CSV, TXT, EML, MP3 or MP4, up to 20 MB."),
    )
    note = forms.CharField(label=_("What it shows"), max_length=300, required=False)
