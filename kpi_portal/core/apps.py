from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "kpi_portal.core"
    label = "core"
