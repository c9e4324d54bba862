"""manage.py import_orders FILE"""

from tickets.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import order volumes per day and department. Safe to run again."
    facts = table_facts.FACTS["orders"]
