"""manage.py import_recorded FILE"""

from surveys.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import recorded values such as attendance and training. Safe to run again."
    facts = table_facts.FACTS["recorded"]
