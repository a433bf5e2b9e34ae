import math

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import float_is_zero

from ..const import NUMBER_MAX
from ..number_input import check_number, to_number

_NUMBERS = ("product_uom_qty", "price_unit", "discount")


class CrmsolOpportunityLine(models.Model):
    """What is refused of a product line, and the sentences that say what to give."""

    _inherit = "crmsol.opportunity.line"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    def _check_values(self, vals, of_product=True):
        """Refuse quantities, prices and discounts that nobody can mean, in full sentences.

        SQL holds the same bounds, but speaks of them in fewer words.

        :param bool of_product: whether the values are a product's, or a section's or note's
        :raise ValidationError: with a sentence that says what to give
        """
        if not of_product:
            if "name" in vals and not str(vals["name"] or "").strip():
                raise ValidationError(self.env._("Give the section or the note a text."))
            return
        if "product_id" in vals and not vals["product_id"]:
            raise ValidationError(self.env._("Choose the product of the line, or remove the line."))
        for fname in _NUMBERS:
            if fname in vals:
                self._check_number(fname, vals[fname])

    @api.model
    def _check_number(self, fname, value):
        number = to_number(value)
        if fname == "product_uom_qty" and math.isfinite(number) and number <= NUMBER_MAX:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
            if number < 0 or float_is_zero(number, precision_digits=digits):
                raise ValidationError(
                    self.env._(
                        "The quantity of a product is more than 0. "
                        "To offer it no longer, remove its line."
                    )
                )
        check_number(self, fname, value)
        if fname == "discount" and number > 100:
            raise ValidationError(
                self.env._("The discount is a percentage: give a number from 0 to 100.")
            )
