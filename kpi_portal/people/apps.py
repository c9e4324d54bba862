from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kpi_portal.people"
    label = "people"
