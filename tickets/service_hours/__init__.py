"""The hours in which customers are served: entering them, and looking at them."""
