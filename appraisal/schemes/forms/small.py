"""The short forms: a new scheme, a copy, submission, the committee's decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal.models import Cycle, Scheme, SchemeVersion
from appraisal.schemes.queries import StartChoice
from appraisal.schemes.services.templates import scheme_key, scheme_names
from appraisal.schemes.words import named
from appraisal.templates_catalogue import companions, keys, template
from appraisal.templates_catalogue.reader import LARGEST

BLANK = "blank"
RESERVED = {"new", "import"}
"""Keys that are addresses of pages."""


class NewSchemeForm(forms.Form):
    """From a published policy, from one of the company's schemes, or from nothing."""

    template = forms.ChoiceField(label=_("begin with"), widget=forms.RadioSelect)
    cycle = forms.ChoiceField(label=_("cycle"), choices=Cycle.choices)
    subject = forms.ChoiceField(
        label=_("who is scored"),
        choices=Scheme.Subject.choices,
        required=False,
        help_text=_("Only for an empty scheme; policies and copies say it themselves."),
    )
    name = forms.CharField(
        label=_("name"),
        max_length=100,
        required=False,
        help_text=_("Blank: as the policy is called."),
    )
    name_zh_hant = forms.CharField(label=_("name in 繁體中文"), max_length=100, required=False)
    name_en = forms.CharField(label=_("name in English"), max_length=100, required=False)
    key = forms.SlugField(
        label=_("key"),
        max_length=60,
        required=False,
        help_text=_("Part of the address: small letters, digits, hyphens. Blank: chosen for you."),
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
            *(
                (f"template:{key}", named(template(key).names))
                for policy in keys()
                for key in (policy, *companions(policy))
            ),
            *((f"version:{each.pk}", _copy_of(each)) for each in sources),
            (BLANK, _("an empty scheme")),
        ]
        self.fields["departments"].choices = departments  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        return free_key(self.cleaned_data["key"])

    def clean(self) -> dict[str, Any]:
        """A policy brings its own names and key where these are blank."""
        cleaned = super().clean() or self.cleaned_data
        kind, _colon, source = (cleaned.get("template") or "").partition(":")
        if kind == "template" and not cleaned.get("name"):
            for language, name in scheme_names(template(source), cleaned["cycle"]).items():
                field = "name" if language == "zh-hans" else f"name_{language.replace('-', '_')}"
                cleaned[field] = cleaned.get(field) or name
        elif kind and not cleaned.get("name"):
            self.add_error("name", self.fields["name"].error_messages["required"])
        if "key" in cleaned and not cleaned["key"]:
            base = source if kind == "template" else "scheme"
            cleaned["key"] = unused_key(scheme_key(base, cleaned["cycle"]))
        return cleaned

    @property
    def names(self) -> dict[str, str]:
        """By language, as the services take them."""
        cleaned = self.cleaned_data
        return {
            "zh-hans": cleaned["name"],
            "zh-hant": cleaned["name_zh_hant"],
            "en": cleaned["name_en"],
        }


def _copy_of(version: SchemeVersion) -> str:
    return str(_("Copy of %(scheme)s")) % {"scheme": version}


def free_key(typed: str) -> str:
    """The key in small letters; raises ValidationError where a scheme has it."""
    key = typed.lower()
    if key in RESERVED or Scheme.objects.filter(key=key).exists():
        raise forms.ValidationError(_("There is a scheme with this key. Choose another."))
    return key


def unused_key(wanted: str) -> str:
    """The key, with a number behind it where a scheme has it already."""
    taken = set(Scheme.objects.values_list("key", flat=True)) | RESERVED
    numbers = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(key for key in numbers if key not in taken)


class CloneForm(forms.Form):
    """A name and a key for a copy."""

    name = forms.CharField(label=_("name"), max_length=100)
    key = forms.SlugField(label=_("key"), max_length=60)

    def clean_key(self) -> str:
        return free_key(self.cleaned_data["key"])


class ImportForm(forms.Form):
    """A scheme file, uploaded or pasted."""

    file = forms.FileField(label=_("YAML file"), required=False)
    text = forms.CharField(
        label=_("or its text"),
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "class": "code-area"}),
    )
    key = forms.SlugField(
        label=_("key"),
        max_length=60,
        required=False,
        help_text=_("Blank: the key in the file."),
    )

    def clean_key(self) -> str:
        return free_key(self.cleaned_data["key"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        upload = cleaned.get("file")
        if upload is not None:
            if upload.size > 4 * LARGEST:
                raise forms.ValidationError(_("The file is too large for a scheme."))
            try:
                cleaned["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                text = _("The file is not UTF-8. Save it as UTF-8 and choose it again.")
                self.add_error("file", text)
        elif not (cleaned.get("text") or "").strip():
            self.add_error("file", _("Choose a file or paste its text."))
        return cleaned


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
