from odoo import api, models
from odoo.tools import SQL

from ..const import OPPORTUNITY_MODEL

#: Of an action: whether it is the next one of an opportunity, and of which.
_LINKS = frozenset({"res_id", "res_model", "res_model_id"})
_DECISIVE = _LINKS | {"active", "date_deadline"}


class MailActivity(models.Model):
    """Whatever reaches the table of actions moves the next one of their opportunities.

    As the history does, this follows the flush: one statement for all that is written together.
    """

    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model
    def _create(self, data_list):
        activities = super()._create(data_list)
        activities._crmsol_renew_next_actions()
        return activities

    def _write_multi(self, vals_list):
        changed = moved = self.browse()
        for activity, vals in zip(self, vals_list, strict=True):
            if not _DECISIVE.isdisjoint(vals):
                changed += activity
            if not _LINKS.isdisjoint(vals):
                moved += activity
        left = moved._crmsol_get_stored_opportunity_ids()
        result = super()._write_multi(vals_list)
        changed._crmsol_renew_next_actions(left)
        return result

    def unlink(self):
        ids = self._crmsol_get_opportunity_ids()
        result = super().unlink()
        if ids:
            self.env[OPPORTUNITY_MODEL]._renew_next_actions(ids)
        return result

    # === BUSINESS METHODS === #

    def _crmsol_get_opportunity_ids(self):
        # sudo: the next action is the same whoever may read it
        return {a.res_id for a in self.sudo() if a.res_model == OPPORTUNITY_MODEL}

    def _crmsol_get_stored_opportunity_ids(self):
        """Return the ids of the opportunities whose actions they are in the database."""
        if not self:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM mail_activity WHERE res_model = %s AND id = ANY(%s)",
                OPPORTUNITY_MODEL,
                self.ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _crmsol_renew_next_actions(self, ids=()):
        """Renew the next action of their opportunities, and of those with the ids."""
        ids = self._crmsol_get_opportunity_ids().union(ids)
        if ids:
            self.env[OPPORTUNITY_MODEL]._renew_next_actions(ids)
