"""Forms of the ticket pages: filters, the upload, and how a file is to be read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.importing import fields, limits
from tickets.importing.encodings import CHOICES as ENCODINGS
from tickets.importing.plans import Choices
from tickets.importing.profiles import PROFILES
from tickets.models import Import, Ticket

SOURCE_LIMIT = 40
DELIMITERS = (
    (",", _("comma")),
    (";", _("semicolon")),
    ("\t", _("tab")),
    ("|", _("vertical bar")),
)
ORDERS = (
    ("dmy", _("day first (31.12.2026)")),
    ("mdy", _("month first (12/31/2026)")),
    ("serial", _("numbers of a spreadsheet (46022)")),
)
# Kinds of files whose scores have a scale.
SCALED = frozenset({Import.Kind.SATISFACTION, Import.Kind.ASSESSMENTS})
RECOGNISE = ("", _("recognise"))
ANY = ("", _("all"))


class TicketFilter(forms.Form):
    """Narrows a list of tickets; also the query of the API."""

    agent = forms.CharField(label=_("agent"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("kind"), required=False, choices=[ANY, *Ticket.Kind.choices])
    channel = forms.ChoiceField(
        label=_("channel"), required=False, choices=[ANY, *Ticket.Channel.choices]
    )
    status = forms.ChoiceField(
        label=_("status"), required=False, choices=[ANY, *Ticket.Status.choices]
    )
    q = forms.CharField(label=_("ticket no."), required=False, max_length=100)
    source = forms.CharField(required=False, max_length=SOURCE_LIMIT, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {"from": _("created from"), "to": _("created until")}
        for name, label in days.items():
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        self.fields["import"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.order_fields(["from", "to", "agent", "kind", "channel", "status", "q"])


class UploadForm(forms.Form):
    """A file and what it holds."""

    file = forms.FileField(
        label=_("file"),
        max_length=300,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xls,.xlsx,.xlsb,.ods"}),
        help_text=_(
            "CSV, TSV, XLS, XLSX or ODS, packed with gzip if you like. Nothing is imported before "
            "you have seen how the file is read."
        ),
    )
    kind = forms.ChoiceField(label=_("what it holds"), choices=Import.Kind, initial="tickets")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > limits.MAX_TEXT_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 GB. Split it."))
        return file


class PlanForm(forms.Form):
    """How a file is to be read. Empty means: as recognised."""

    kind = forms.ChoiceField(label=_("what it holds"), choices=Import.Kind)
    source = forms.CharField(
        label=_("source"),
        max_length=SOURCE_LIMIT,
        required=False,
        help_text=_("The name of the system. Later exports of it update the same records."),
    )
    profile = forms.ChoiceField(label=_("export of"), required=False)
    encoding = forms.ChoiceField(
        label=_("encoding"), required=False, choices=[RECOGNISE, *((e, e) for e in ENCODINGS)]
    )
    delimiter = forms.ChoiceField(
        label=_("separator"), required=False, choices=[RECOGNISE, *DELIMITERS]
    )
    sheet = forms.ChoiceField(label=_("sheet"), required=False)
    header_row = forms.IntegerField(
        label=_("row of the header"), required=False, min_value=1, max_value=1000
    )
    date_order = forms.ChoiceField(
        label=_("order of day and month"), required=False, choices=[RECOGNISE, *ORDERS]
    )
    timezone = forms.CharField(
        label=_("time zone of times without one"), required=False, max_length=60
    )
    scale = forms.IntegerField(
        label=_("highest possible score"), required=False, min_value=1, max_value=1000
    )
    create_agents = forms.BooleanField(
        label=_("create unknown agents"), required=False,
        help_text=_("They get their name as employee no. and belong to the department of their "
                    "group, or to 未分配."),
    )  # fmt: skip

    READING = ("profile", "encoding", "delimiter", "sheet", "header_row")

    def __init__(self, kept: Import, data: Any = None) -> None:
        self.kept = kept
        self.chosen: dict[str, Any] = kept.mapping.get("choices", {})
        super().__init__(data, initial=self._initial())
        self._choice("profile", [RECOGNISE, *((p.key, p.label) for p in PROFILES.values())])
        sheets = kept.mapping.get("sheets", [])
        self._choice("sheet", [RECOGNISE, *((name, name) for name in sheets)])
        is_text = kept.mapping.get("plan", {}).get("format", "text") == "text"
        for name in ("sheet",) if is_text else ("encoding", "delimiter"):
            self.fields[name].widget = forms.HiddenInput()
        if kept.kind not in SCALED:
            self.fields["scale"].widget = forms.HiddenInput()

    def _choice(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _initial(self) -> dict[str, Any]:
        plan = self.kept.mapping.get("plan", {})
        shown = {name: value for name, value in self.chosen.items() if name in self.base_fields}
        shown["kind"] = self.kept.kind
        shown["source"] = self.chosen.get("source") or plan.get("source", "")
        shown["timezone"] = self.chosen.get("timezone") or plan.get("timezone", "")
        shown["scale"] = self.chosen.get("scale") or plan.get("scale")
        return shown

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        if name and name not in available_timezones():
            raise forms.ValidationError(
                _("There is no such time zone. Use one like Asia/Shanghai.")
            )
        return name

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"]).strip()

    def choices(self, posted: Mapping[str, str]) -> Choices:
        """What was chosen; columns only where they differ from what was recognised.

        Columns are forgotten where the file is now read in another way.
        """
        data = self.cleaned_data
        chosen = Choices(
            source=data["source"], profile=data["profile"], encoding=data["encoding"],
            delimiter=data["delimiter"], sheet=data["sheet"], header_row=data["header_row"],
            date_order=data["date_order"], timezone=data["timezone"], scale=data["scale"],
            create_agents=data["create_agents"], values=self.chosen.get("values", {}),
        )  # fmt: skip
        before = {name: self.chosen.get(name) or None for name in self.READING}
        now = {name: data[name] or None for name in self.READING}
        if before != now or data["kind"] != self.kept.kind:
            return chosen
        return replace(chosen, columns=self._columns(posted))

    def _columns(self, posted: Mapping[str, str]) -> dict[str, str]:
        columns = dict(self.chosen.get("columns", {}))
        mapped = self.kept.mapping.get("plan", {}).get("columns", {})
        for name in fields.OF_KIND[self.kept.kind]:
            column = posted.get(f"column:{name}")
            if column is not None and column != mapped.get(name, ""):
                columns[name] = column
        return columns
