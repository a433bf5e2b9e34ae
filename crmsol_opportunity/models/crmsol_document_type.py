from odoo import models


class CrmsolDocumentType(models.Model):
    """What a document of a negotiation is: a contract, a plan, a data sheet."""

    _name = "crmsol.document.type"
    _description = "Document Type"
    _inherit = ["crmsol.parameter.mixin"]

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "This document type already exists. If you do not see it, it is archived."
    )

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        return self._count_by("ir.attachment", "crmsol_document_type_id")

    def _get_in_use_message(self, count):
        self.ensure_one()
        return self.env._(
            "“%(name)s” is in use (documents: %(count)s) and cannot be deleted. Archive it "
            "instead: where it is used it stays, and nobody can choose it any more.",
            name=self.display_name,
            count=count,
        )
