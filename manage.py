#!/usr/bin/env python3
"""Django's command line for KPI Portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpi_portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        print(f"A setting is wrong or missing: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
