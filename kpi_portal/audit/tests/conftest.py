from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Path) -> None:
    """Each test has its own file `audit.head`."""
    settings.DATA_DIR = tmp_path
