"""Input on the pages of scorecards and the team board."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.models import Acknowledgement


class CommentForm(forms.Form):
    """What the employee says about their own card."""

    comment = forms.CharField(
        label=_("Your comment"),
        max_length=Acknowledgement._meta.get_field("comment").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Your supervisor and HR read it. It is given once per scorecard."),
    )


class ReasonForm(forms.Form):
    """Why somebody reads or takes scores; it is kept in the audit trail."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExportForm(ReasonForm):
    """The board as a file."""

    format = forms.ChoiceField(label=_("Format"), choices=[("xlsx", "XLSX"), ("csv", "CSV")])


class BoardFilter(forms.Form):
    """What the board shows; everything may be left empty."""

    text = forms.CharField(label=_("Name or employee no."), required=False, max_length=60)
    department = forms.ChoiceField(label=_("Department"), required=False)
    band = forms.ChoiceField(label=_("Band"), required=False)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def set_choices(
        self, departments: list[tuple[str, str]], bands: list[tuple[str, str]]
    ) -> None:
        """Fill the two lists with what the reader's rows have, `("", all)` first."""
        for name, choices in (("department", departments), ("band", bands)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("all")), *choices]
