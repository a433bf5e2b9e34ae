from odoo import api, fields, models


class CrmsolOpportunity(models.Model):
    """By what an opportunity is known in the system from which it was imported."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    import_source = fields.Char(
        "Imported From", copy=False, help="The system from which the opportunity was imported."
    )
    import_key = fields.Char(
        "Key of Origin",
        copy=False,
        help="What identifies the opportunity in the system from which it was imported. "
        "Importing it again updates this opportunity.",
    )

    _import_key_uniq = models.UniqueIndex(
        "(company_id, COALESCE(import_source, ''), import_key) WHERE import_key IS NOT NULL",
        "The company has an opportunity with this key of this origin already.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def get_import_templates(self):
        """Offer the host's importer a file to fill in, with headers in the user's language."""
        language = "es" if (self.env.lang or "").startswith("es") else "en"
        return [
            {
                "label": self.env._("Import Template for Opportunities"),
                "template": f"/crmsol_opportunity/static/xls/opportunities_{language}.xlsx",
            }
        ]
