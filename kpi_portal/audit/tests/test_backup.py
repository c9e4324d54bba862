"""A restored portal has a trail that verifies, also where newer events existed meanwhile."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from kpi_portal.audit import services
from kpi_portal.audit.tests.factories import make_trail
from kpi_portal.core import dumps


@pytest.mark.django_db(transaction=True)
def test_the_trail_verifies_after_a_restore(settings: Any, tmp_path: Path) -> None:
    if connection.vendor == "postgresql":
        try:
            dumps._tool("pg_dump")
        except dumps.Failed as error:
            pytest.skip(f"skipped, because {error}")
    settings.DATA_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = settings.DATA_DIR / "files"
    (settings.DATA_DIR / "tmp").mkdir(parents=True)
    make_trail(3)
    call_command("backup", tmp_path / "kpi.tar.gz")
    make_trail(2)
    assert services.verify().head == 5

    call_command("restore", tmp_path / "kpi.tar.gz", "--force")

    result = services.verify()
    assert (result.is_intact, result.head) == (True, 3)
