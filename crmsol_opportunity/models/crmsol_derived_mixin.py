from odoo import api, models
from odoo.exceptions import AccessError


class CrmsolDerivedMixin(models.AbstractModel):
    """Stored figures that follow from other data: nobody writes them, by RPC neither.

    The host makes such fields read-only in views only. A client could so write a forecast that no
    amount supports, or a company that moves a row out of its rules.
    """

    _name = "crmsol.derived.mixin"
    _description = "Values Derived from Others"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_derived({fname for vals in vals_list for fname in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._check_derived(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _check_derived(self, fnames):
        """Refuse values for fields that are computed, stored and read-only.

        What the ORM computes does not come this way.
        """
        if self.env.su:
            return
        for fname in fnames:
            field = self._fields.get(fname)
            if field and field.compute and field.store and field.readonly:
                self._refuse_derived(field)

    @api.model
    def _refuse_derived(self, field):
        raise AccessError(
            self.env._(
                "“%(field)s” follows from other data and cannot be set. "
                "Change what it follows from.",
                field=field._description_string(self.env),
            )
        )
