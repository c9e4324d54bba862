from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kpi_portal.jobs"
    label = "jobs"
