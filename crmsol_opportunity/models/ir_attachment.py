from odoo import api, fields, models
from odoo.exceptions import ValidationError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    crmsol_document_type_id = fields.Many2one(
        "crmsol.document.type",
        # not "Document Type", which the host's quotation documents have already
        string="Type in the Negotiation",
        index="btree_not_null",
        ondelete="restrict",
        help="What the document is in a negotiation: a contract, a plan, a data sheet.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("res_model", "res_id", "res_field", "type", "url", "file_size")
    def _check_crmsol_content(self):
        """A file of an opportunity has content. Files of other models are none of our business."""
        for attachment in self:
            if (
                attachment.res_model == "crmsol.opportunity"
                and not attachment.res_field
                and attachment.type == "binary"
                and not attachment.url
                and not attachment.file_size
            ):
                raise ValidationError(
                    self.env._(
                        "The file “%(name)s” is empty (0 bytes), so there is nothing to keep. "
                        "Choose a file with content.",
                        name=attachment.name,
                    )
                )
