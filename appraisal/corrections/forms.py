"""Input for corrections: what is proposed, and how it is decided."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.corrections.words import ORIGINS
from appraisal.metrics import METRICS, Anchor
from appraisal.models import Exclusion, Scorecard, ScoreLine
from kpi_portal.people.models import Department
from kpi_portal.people.queries import zone
from tickets.models import Ticket

TOTAL = "total"
OF_TICKETS = (Anchor.CREATED, Anchor.RESOLVED, Anchor.PROMISED, Anchor.WINDOW_END, Anchor.VISIT)


class AdjustForm(forms.Form):
    """New points of a line, or a change of the total, with the reason."""

    target = forms.ChoiceField(label=_("What"))
    points = forms.DecimalField(
        label=_("Points"),
        max_digits=6,
        decimal_places=2,
        min_value=-200,
        max_value=200,
        help_text=_(
            "For an indicator its new points; for the total what it changes by, such as −2.5."
        ),
    )
    origin = forms.ChoiceField(label=_("Where it comes from"), choices=list(ORIGINS.items()))
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, card: Scorecard, lines: Sequence[ScoreLine], *args: Any) -> None:
        super().__init__(*args)
        self.lines = {str(line.pk): line for line in lines if line.nominal_weight or line.weight}
        several = len({line.segment for line in lines}) > 1
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((pk, _label(line, several=several)) for pk, line in self.lines.items()),
            (TOTAL, _("the total")),
        ]

    @property
    def line(self) -> ScoreLine | None:
        """The chosen line; None for the total."""
        return self.lines.get(self.cleaned_data["target"])


class ExcludeForm(forms.Form):
    """Why a record should not count, and in which metrics."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Exclusion.Cause.choices)
    metrics = forms.MultipleChoiceField(
        label=_("Only in these metrics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all empty to leave it out of every metric."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, of_answers: bool = False) -> None:
        super().__init__(*args)
        field = self.fields["metrics"]
        assert isinstance(field, forms.MultipleChoiceField)
        anchors = {Anchor.ANSWERED} if of_answers else {*OF_TICKETS, Anchor.ANSWERED}
        field.choices = [
            (key, metric.label) for key, metric in METRICS.items() if metric.anchor in anchors
        ]


class SpanForm(ExcludeForm):
    """All records of a span of time, as during an outage."""

    starts_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=_("Until (excluded)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("all")), *Ticket.Channel.choices], required=False
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.order_by("code"),
        required=False,
        empty_label=_("all"),
    )
    field_order = ("starts_at", "ends_at", "channel", "department", "cause", "reason", "metrics")

    def clean_starts_at(self) -> Any:
        """As it was typed, in company time."""
        return self.cleaned_data["starts_at"].replace(tzinfo=zone())

    def clean_ends_at(self) -> Any:
        """As it was typed, in company time."""
        return self.cleaned_data["ends_at"].replace(tzinfo=zone())


class DecisionForm(forms.Form):
    """Approve or refuse; refusing needs a reason. `shown` is the effect that the page showed."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to refuse."),
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)


def _label(line: ScoreLine, *, several: bool) -> str:
    name = f"{line.position}. {line.indicator.label}"
    return f"[{line.segment}] {name}" if several else name
