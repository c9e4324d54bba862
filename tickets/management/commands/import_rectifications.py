"""manage.py import_rectifications FILE"""

from tickets.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import rectifications. Safe to run again."
    facts = table_facts.FACTS["rectifications"]
