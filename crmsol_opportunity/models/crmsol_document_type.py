from odoo import fields, models


class CrmsolDocumentType(models.Model):
    """What a document of a negotiation is: a contract, a plan, a data sheet."""

    _name = "crmsol.document.type"
    _description = "Document Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "This document type already exists.")
