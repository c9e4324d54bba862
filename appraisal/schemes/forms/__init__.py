"""The forms of the scheme pages: the editor, a new scheme, submission, decision."""

from appraisal.schemes.forms.editor import Editor
from appraisal.schemes.forms.items import ItemForm
from appraisal.schemes.forms.small import (
    CloneForm,
    DecisionForm,
    ImportForm,
    NewSchemeForm,
    SubmitForm,
)

__all__ = [
    "CloneForm",
    "DecisionForm",
    "Editor",
    "ImportForm",
    "ItemForm",
    "NewSchemeForm",
    "SubmitForm",
]
