"""How gunicorn serves the portal. Address, workers and threads come from the command line."""

import os
from typing import Any

from kpi_portal.core.logs import logging_config

worker_class = "gthread"
timeout = 120
graceful_timeout = 10
keepalive = 5
preload_app = True  # loaded once, shared by the workers; nothing connects on import
accesslog = None  # the portal writes one line per request itself
control_socket_disable = True
worker_tmp_dir = (
    "/dev/shm" if os.path.isdir("/dev/shm") else None
)  # the heartbeat stays off the disk
forwarded_allow_ips = "127.0.0.1"


def _logging() -> dict[str, Any]:
    config = logging_config("INFO")
    config["loggers"] = {
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": ["null"], "propagate": False},
    }
    return config


logconfig_dict = _logging()
