"""Facts from the help desks: tickets, order volumes, and the imports that brought them."""

from tickets.models.batches import Batch
from tickets.models.imports import Import, Rejection
from tickets.models.orders import OrderVolume
from tickets.models.tickets import Ticket

__all__ = ["Batch", "Import", "OrderVolume", "Rejection", "Ticket"]
