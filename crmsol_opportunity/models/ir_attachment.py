from odoo import fields, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    crmsol_document_type_id = fields.Many2one(
        "crmsol.document.type",
        string="Document Type",
        index="btree_not_null",
        ondelete="restrict",
        help="What the document is in a negotiation: a contract, a plan, a data sheet.",
    )
