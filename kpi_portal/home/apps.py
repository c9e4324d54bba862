from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "kpi_portal.home"
    label = "home"
