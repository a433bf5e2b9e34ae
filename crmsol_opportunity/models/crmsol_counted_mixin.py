from odoo import models


class CrmsolCountedMixin(models.AbstractModel):
    """Enters into ``crmsol.opportunity.total`` whatever reaches the opportunities' table.

    It is the last one that the opportunity inherits, so that nothing comes between what is done
    here and the host's own statement.
    """

    _name = "crmsol.counted.mixin"
    _description = "Counted in Totals"

    # === CRUD METHODS === #

    def _parent_store_create(self):
        """Count what is created: the host calls this when the rows were inserted.

        ``_create`` ends too late: it also creates the lines, and with those may write the new rows.
        """
        self.env["crmsol.opportunity.total"]._count_created(self.ids)
        return super()._parent_store_create()

    def _write_multi(self, vals_list):
        self.env["crmsol.opportunity.total"]._count_written(self._ids, vals_list)
        return super()._write_multi(vals_list)

    def unlink(self):
        self.env.flush_all()
        totals = self.env["crmsol.opportunity.total"]
        rows = totals._get_deleted(self.ids)
        result = super().unlink()
        totals._count_deleted(rows)
        return result
