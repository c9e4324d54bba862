"""manage.py import_invitations FILE"""

from surveys.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import survey invitations. Safe to run again."
    facts = table_facts.FACTS["invitations"]
