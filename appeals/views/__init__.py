"""Pages of appeals. Each view loads what the person may see, calls one service, answers."""
