"""manage.py import_tickets FILE"""

from tickets.importing.command import ImportCommand
from tickets.importing.pipeline import TicketFacts


class Command(ImportCommand):
    help = "Import tickets from the export of a help desk. Safe to run again."
    facts = TicketFacts()
