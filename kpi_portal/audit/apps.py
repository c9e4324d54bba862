from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kpi_portal.audit"
    label = "audit"
