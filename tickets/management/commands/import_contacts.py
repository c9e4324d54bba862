"""manage.py import_contacts FILE"""

from tickets.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import contact volumes per day and channel. Safe to run again."
    facts = table_facts.FACTS["contacts"]
