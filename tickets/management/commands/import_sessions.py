"""manage.py import_sessions FILE"""

from tickets.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import self-service sessions. Safe to run again."
    facts = table_facts.FACTS["sessions"]
