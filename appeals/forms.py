"""Input of appeals: clean values from what people type. State is the services' business."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models import (
    ChecklistFinding,
    Ground,
    Inadmissible,
    PanelSeat,
    ReasonCode,
    RecordClaim,
    Topic,
)
from appeals.services.effect import line_cap, not_points
from appeals.services.review import Finding
from appeals.touching import ImportTouch, Source, of_import, of_span
from appraisal.models import Scorecard, ScoreLine
from kpi_portal.people.models import User
from tickets.models import Ticket


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class LinePoints:
    """Fields `points_<line id>` for lines in dispute: decimals, or left empty.

    `rows` are (line, raw text, sentence of its error).
    """

    def __init__(self, lines: list[ScoreLine], data: QueryDict | None = None) -> None:
        self.lines = lines
        self.errors: dict[int, str] = {}
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
            cap = line_cap(line)
            if not value.is_finite() or not 0 <= value <= cap or value != round(value, 2):
                self.errors[line.pk] = not_points(cap)
            else:
                self.values[line.pk] = value

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @property
    def rows(self) -> list[tuple[ScoreLine, str, str]]:
        return [
            (line, self.raw.get(line.pk, ""), self.errors.get(line.pk, "")) for line in self.lines
        ]


class DraftForm(forms.Form):
    """The appeal form 《绩效考核申诉表》: nothing is required until it is submitted."""

    topics = forms.MultipleChoiceField(
        label=_("I also dispute"),
        choices=[choice for choice in Topic.choices if choice[0] != Topic.LINES],
        widget=forms.CheckboxSelectMultiple,
    )
    grounds = forms.MultipleChoiceField(
        label=_("Because"),
        choices=Ground.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    statement = forms.CharField(
        label=_("What happened"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Say what is wrong and how you know. Do not write customers' names or numbers."
        ),
    )
    request = forms.CharField(
        label=_("What I ask for"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    use_required_attribute = False

    def full_clean(self) -> None:
        """A draft may be incomplete; what submitting needs is the service's question."""
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for field in self.fields.values():
            field.required = True


YES_NO = [("yes", _("yes")), ("no", _("no"))]


class ChecklistForm(forms.Form):
    """The three questions of the first review, each answered yes or no with the reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question, label in ChecklistFinding.Question.choices:
            self.fields[f"kept_{question}"] = forms.ChoiceField(
                label=label, choices=YES_NO, widget=forms.RadioSelect
            )
            self.fields[f"reason_{question}"] = forms.CharField(
                label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )

    def findings(self) -> list[Finding]:
        """The answers of a valid form."""
        return [
            Finding(
                question,
                self.cleaned_data[f"kept_{question}"] == "yes",
                self.cleaned_data[f"reason_{question}"],
            )
            for question in ChecklistFinding.Question.values
        ]

    @property
    def compliant(self) -> bool:
        """The conclusion, which follows from the answer on the procedure."""
        return bool(self.cleaned_data[f"kept_{ChecklistFinding.Question.PROCEDURE}"] == "yes")


class RejectForm(forms.Form):
    because = forms.ChoiceField(
        label=_("Not admitted because"), choices=Inadmissible.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Explanation"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
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
        label=_("Remark"),
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


class ClaimForm(forms.Form):
    """A ticket of one's own records that is wrong, or somebody else's."""

    card = forms.ModelChoiceField(label=_("Period"), queryset=Scorecard.objects.none())
    ticket = forms.CharField(
        label=_("Ticket no."),
        max_length=100,
        help_text=_("As it stands in the list of records of your scorecard."),
    )
    kind = forms.ChoiceField(
        label=_("What is wrong"), choices=RecordClaim.Kind.choices, widget=forms.RadioSelect
    )
    statement = forms.CharField(
        label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, cards: list[Scorecard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["card"]
        rows = Scorecard.objects.filter(pk__in=[card.pk for card in cards])
        field.queryset = rows.select_related("period").order_by("-period__start_on")
        field.label_from_instance = lambda card: card.period.code
        if len(cards) == 1:
            field.initial = cards[0].pk
            field.empty_label = None


class AnswerForm(forms.Form):
    accepted = forms.TypedChoiceField(
        label=_("The claim is"),
        choices=[("yes", _("right")), ("no", _("not right"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What is wrong with these records"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SourceForm(forms.Form):
    """Where wrong records come from: one of the imports named, or a span of time."""

    starts_at = forms.DateTimeField(label=_("from"), required=False, widget=_moment())
    ends_at = forms.DateTimeField(label=_("until (excluded)"), required=False, widget=_moment())
    channel = forms.ChoiceField(
        label=_("channel"),
        required=False,
        choices=[("", _("all channels")), *Ticket.Channel.choices],
    )

    def __init__(self, *args: Any, imports: list[ImportTouch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.imports = {str(touch.source.pk): touch.source for touch in imports}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.data.get("import"):
            if self.data["import"] not in self.imports:
                self.add_error(None, _("This import brought none of the disputed records."))
            return data
        start, end = data.get("starts_at"), data.get("ends_at")
        if start is None or end is None or end <= start:
            self.add_error("ends_at", _("Please give a span of time: its begin and a later end."))
        return data

    def source(self) -> Source:
        """Of a valid form."""
        if self.data.get("import"):
            return of_import(self.imports[self.data["import"]])
        data = self.cleaned_data
        return of_span(data["starts_at"], data["ends_at"], data["channel"])


class OutsideDecisionForm(forms.Form):
    """The outside chair's decision: maintain, or change with points, with reasons."""

    vote = forms.ChoiceField(
        label=_("My decision"), choices=PanelSeat.Vote.choices, widget=forms.RadioSelect
    )
    decision = forms.CharField(
        label=_("Decision and reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    reason_code = forms.ChoiceField(label=_("Main reason"), choices=ReasonCode.choices)


class OutsideChairForm(forms.Form):
    """Who stands ready where too few of the committee are free of a stake."""

    user = forms.ModelChoiceField(label=_("Outside chair"), queryset=User.objects.none())
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, role_grants__isnull=False).exclude(pk=by.pk)
        field: Any = self.fields["user"]
        field.queryset = people.distinct().select_related("employee").order_by("username")
        field.label_from_instance = lambda user: f"{user.display_name} ({user.username})"


class PublishForm(forms.Form):
    decision = forms.CharField(
        label=pgettext_lazy("appeal", "Decision"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=ReasonCode.choices)


class EvidenceForm(forms.Form):
    """A file handed in; with `within` its fields belong to the form of that id."""

    def __init__(self, *args: Any, within: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if within:
            self.use_required_attribute = False
            for field in self.fields.values():
                field.widget.attrs["form"] = within

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, WebP, XLSX, CSV, TXT, EML, MP3 or MP4, up to 20 MB."),
    )
    note = forms.CharField(label=_("What it shows"), max_length=300, required=False)
    for_parties = forms.BooleanField(
        label=_("Show it to my supervisor, too, from the meeting on"), required=False, initial=True
    )
