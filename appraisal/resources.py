"""The indicator library as a table, in and out; each row is saved and recorded by the service."""

from typing import Any

from import_export.fields import Field
from import_export.widgets import JSONWidget

from appraisal.models import Indicator
from appraisal.schemes.services import save_indicator
from kpi_portal.people.models import User
from kpi_portal.people.resources import ServiceResource


class IndicatorResource(ServiceResource):
    """Columns as on the form; `params` is JSON such as {"threshold": "60"}."""

    params = Field("params", "params", JSONWidget())

    class Meta:
        model = Indicator
        import_id_fields = ("code",)
        fields = (
            "code", "name", "name_zh_hant", "name_en", "metric", "params", "category", "target",
            "description", "is_active",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def save_by_service(
        self, instance: Indicator, is_create: bool, row: Any, by: User | None
    ) -> Indicator:
        if instance.params is None:  # an empty cell
            instance.params = {}
        return save_indicator(instance, by=by)
