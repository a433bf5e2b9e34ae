from odoo import api, models


class CrmsolContactMixin(models.AbstractModel):
    """What may be the last contact of an opportunity, and what a change of it changes there.

    Whoever makes, changes or deletes an action, a meeting or a message has the last contact of its
    opportunity found anew, of both opportunities where it goes from one to another.
    """

    _name = "crmsol.contact.mixin"
    _description = "Possible Contact with the Customer"

    #: Names of the fields that decide whether, when and for which opportunity it is a contact.
    _crmsol_contact_fields = frozenset()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._crmsol_get_contact_opportunities_of_new(vals_list)._renew_last_contact()
        return records

    def write(self, vals):
        if self._crmsol_contact_fields.isdisjoint(vals):
            return super().write(vals)
        before = self._crmsol_get_contact_opportunities()
        result = super().write(vals)
        (before | self._crmsol_get_contact_opportunities())._renew_last_contact()
        return result

    def unlink(self):
        before = self._crmsol_get_contact_opportunities()
        result = super().unlink()
        before._renew_last_contact()
        return result

    # === BUSINESS METHODS === #

    def _crmsol_get_contact_opportunities(self):
        """Return the opportunities whose last contact may be one of these, as superuser.

        A model with the mixin says which. The mixin itself has none: a client may call it too.
        """
        return self.env["crmsol.opportunity"]

    def _crmsol_get_contact_opportunities_of_new(self, vals_list):
        """Return those of just created ones.

        :param list vals_list: the values that they were created with
        """
        return self._crmsol_get_contact_opportunities()
