from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "appeals"

    def ready(self) -> None:
        from appeals.words import NOTICES
        from kpi_portal.people.notices import SENTENCES

        SENTENCES.update(NOTICES)
