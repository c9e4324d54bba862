"""The short forms: a new scheme, a copy, submission, the committee's decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.models import Cycle, Scheme, SchemeVersion
from appraisal.schemes.queries import StartChoice
from appraisal.schemes.words import named
from appraisal.templates_catalogue import keys, template

BLANK = "blank"


class NewSchemeForm(forms.Form):
    """From a published policy, from one of the company's schemes, or from nothing."""

    template = forms.ChoiceField(label=_("begin with"), widget=forms.RadioSelect)
    cycle = forms.ChoiceField(label=_("cycle"), choices=Cycle.choices)
    name = forms.CharField(label=_("name"), max_length=100)
    name_zh_hant = forms.CharField(label=_("name in 繁體中文"), max_length=100, required=False)
    name_en = forms.CharField(label=_("name in English"), max_length=100, required=False)
    key = forms.SlugField(
        label=_("key"),
        max_length=60,
        help_text=_("Part of the address: small letters, digits, hyphens."),
    )
    departments = forms.MultipleChoiceField(
        label=_("departments covered"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        departments: Sequence[tuple[str, str]],
        sources: Sequence[SchemeVersion] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            *((f"template:{key}", named(template(key).names)) for key in keys()),
            *((f"version:{each.pk}", str(each)) for each in sources),
            (BLANK, _("an empty scheme")),
        ]
        self.fields["departments"].choices = departments  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].lower()
        if key == "new" or Scheme.objects.filter(key=key).exists():
            raise forms.ValidationError(_("There is a scheme with this key. Choose another."))
        return key

    @property
    def names(self) -> dict[str, str]:
        """By language, as the services take them."""
        cleaned = self.cleaned_data
        return {
            "zh-hans": cleaned["name"],
            "zh-hant": cleaned["name_zh_hant"],
            "en": cleaned["name_en"],
        }


class CloneForm(forms.Form):
    """A name and a key for a copy."""

    name = forms.CharField(label=_("name"), max_length=100)
    key = forms.SlugField(label=_("key"), max_length=60)

    clean_key = NewSchemeForm.clean_key


class SubmitForm(forms.Form):
    """From when, and why."""

    start = forms.ChoiceField(label=_("applies from"))
    reason = forms.CharField(
        label=_("reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The committee and everybody covered read it."),
    )
    lock = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Sequence[StartChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].choices = [  # type: ignore[attr-defined]
            (each.start.isoformat(), _start_label(each)) for each in reversed(choices)
        ]


def _start_label(choice: StartChoice) -> str:
    words = {"code": choice.code, "day": choice.start.isoformat(), "whole": choice.splits}
    if choice.splits:
        return str(_("%(code)s (from %(day)s, splits %(whole)s)")) % words
    if choice.has_begun:
        return str(_("%(code)s (from %(day)s, has begun)")) % words
    return str(_("%(code)s (from %(day)s)")) % words


class DecisionForm(forms.Form):
    """The committee's reason."""

    reason = forms.CharField(
        label=_("reason of the decision"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
