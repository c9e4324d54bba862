"""Filter of the list, and an entry of the timetable."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from kpi_portal.jobs import queries
from kpi_portal.jobs.models import Job


class JobFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("live", _("waiting or running")), *Job.State.choices[2:]],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("all")), *queries.kind_choices()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class ScheduleForm(forms.Form):
    """Whether an entry runs, and when: every so many seconds, or daily at a time."""

    enabled = forms.BooleanField(label=_("Switched on"), required=False)
    seconds = forms.IntegerField(label=_("Every, seconds"), min_value=5, max_value=3600)
    at = forms.TimeField(
        label=_("Daily at"),
        help_text=_("Company time, such as 02:00."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, task: PeriodicTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["at" if task.interval_id else "seconds"]
