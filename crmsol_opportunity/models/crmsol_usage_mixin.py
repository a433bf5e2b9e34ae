from odoo import api, models
from odoo.exceptions import UserError


class CrmsolUsageMixin(models.AbstractModel):
    """A value of the configuration: once opportunities use it, it is not deleted any more."""

    _name = "crmsol.usage.mixin"
    _description = "Value Used by Opportunities"

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        for value, count in self._count_using_opportunities().items():
            raise UserError(value._get_in_use_message(count))

    # === BUSINESS METHODS === #

    def _count_using_opportunities(self):
        """Return {value: number of opportunities} of the values in use."""
        raise NotImplementedError

    def _count_by(self, model, fname, aggregate="__count"):
        """Return how often each value is used in the field of the model, archived records too."""
        # sudo: a value is in use also through opportunities that this user may not see
        Model = self.env[model].sudo().with_context(active_test=False)
        groups = Model._read_group([(fname, "in", self.ids)], [fname], [aggregate])
        return {value.sudo(False): count for value, count in groups if value in self}

    def _get_in_use_message(self, count):
        """Return the sentence that says why the value is not deleted, and what to do instead."""
        self.ensure_one()
        return self.env._(
            "“%(name)s” is in use (opportunities: %(count)s) and cannot be deleted. Archive it "
            "instead: where it is used it stays, and nobody can choose it any more.",
            name=self.display_name,
            count=count,
        )
