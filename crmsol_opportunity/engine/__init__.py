"""Reckoning in plain Python: nothing here knows of Odoo, of a database or of the web client."""
