from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "kpi_portal.demo"
    label = "demo"
