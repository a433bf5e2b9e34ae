from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..client_input import is_id


class CrmsolOpportunityRelationMixin(models.AbstractModel):
    """Somebody who takes part in a negotiation, besides the customer and the salesperson."""

    _name = "crmsol.opportunity.relation.mixin"
    _description = "Participant of an Opportunity"
    _inherit = ["crmsol.derived.mixin"]
    _order = "opportunity_id, sequence, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.complete_name", "opportunity_id.name"]
    _check_company_auto = True

    #: Fields whose values together may occur once in an opportunity. A unique index holds it.
    _once_fields = ("partner_id",)

    opportunity_id = fields.Many2one(
        "crmsol.opportunity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="opportunity_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner", required=True, check_company=True, index=True, ondelete="restrict"
    )
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")

    # Of the opportunity, for lists of their own
    customer_id = fields.Many2one(related="opportunity_id.partner_id")
    phase_id = fields.Many2one(related="opportunity_id.phase_id")
    outcome = fields.Selection(related="opportunity_id.outcome")
    user_id = fields.Many2one(related="opportunity_id.user_id")

    # === CONSTRAINT METHODS === #

    def _check_not_customer(self):
        """Refuse the customer, its company and its contacts on a side that is not theirs.

        :raise ValidationError: with the sentence of :meth:`_get_customer_message`
        """
        for relation in self:
            customer = relation.opportunity_id.commercial_partner_id
            if relation.partner_id.commercial_partner_id == customer:
                raise ValidationError(relation._get_customer_message())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        default_id = self.env.context.get("default_opportunity_id")
        self._check_opportunity_access([v.get("opportunity_id", default_id) for v in vals_list])
        self._check_once(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("opportunity_id"):
            # the rules have been checked for the opportunity that it leaves, not for this one
            self._check_opportunity_access([vals["opportunity_id"]])
        fnames = ["opportunity_id", *self._once_fields]
        if not vals.keys().isdisjoint(fnames):
            present = self.read(fnames, load="")
            self._check_once([{**values, **vals} for values in present], self)
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _check_opportunity_access(self, opportunity_ids):
        """Refuse opportunities of others before anything is told about what is in them."""
        opportunity_ids = {id_ for id_ in opportunity_ids if is_id(id_)}  # the host takes no other
        self.env["crmsol.opportunity"].browse(opportunity_ids).check_access("write")

    @api.model
    def _get_once_key(self, vals):
        """Return the opportunity and what may occur once in it, of ids as ``read`` gives them."""
        return tuple(vals.get(fname) or False for fname in ("opportunity_id", *self._once_fields))

    @api.model
    def _read_given(self, fname, value):
        """Return an id or a text that a client gave; false for what the host takes for none."""
        is_link = self._fields[fname].type == "many2one"
        return value if (is_id(value) if is_link else isinstance(value, str)) else False

    @api.model
    def _check_once(self, vals_list, replaced=None):
        """Refuse a repetition before the unique index would: that one cannot name anybody.

        :param list vals_list: the values of the rows that are to be
        :param replaced: the rows that will have these values, whose present ones do not count
        :raise ValidationError: with the sentence of :meth:`_get_once_message`
        """
        fnames = ["opportunity_id", *self._once_fields]
        defaults = {fname: self.env.context.get(f"default_{fname}") for fname in fnames}
        vals_list = [
            {fname: self._read_given(fname, (defaults | vals)[fname]) for fname in fnames}
            for vals in vals_list
        ]
        opportunities = [vals["opportunity_id"] for vals in vals_list if vals["opportunity_id"]]
        others = self.search_fetch([("opportunity_id", "in", opportunities)], fnames)
        if replaced:
            others -= replaced
        seen = {self._get_once_key(values) for values in others.read(fnames, load="")}
        for vals in vals_list:
            key = self._get_once_key(vals)
            if not vals["opportunity_id"] or not vals["partner_id"]:
                continue  # refused as incomplete
            if key in seen:
                partner = self.env["res.partner"].browse(vals["partner_id"])
                opportunity = self.env["crmsol.opportunity"].browse(vals["opportunity_id"])
                raise ValidationError(self._get_once_message(partner, opportunity))
            seen.add(key)

    def _merge_rows(self, **target):
        """Leave one of the rows that would be the same once they have the target's values.

        It is the row that has them already, or the oldest. What it does not say is taken from the
        others, which are deleted.

        :param target: ids by field, ``partner_id`` or ``opportunity_id``
        """
        fnames = ["opportunity_id", *self._once_fields]
        same = {}
        for row in self.sorted(
            lambda row: ([row[f].id != id_ for f, id_ in target.items()], row.id)
        ):
            [values] = row.read(fnames, load="")
            key = self._get_once_key({**values, **target})
            same[key] = same.get(key, self.browse()) | row
        for rows in same.values():
            kept, others = rows[0], rows[1:]
            if not others:
                continue
            values = {}
            for fname, field in self._fields.items():
                if field.store and not field.compute and not kept[fname]:
                    values[fname] = next((row[fname] for row in others if row[fname]), False)
            kept.write(self._convert_to_write({k: v for k, v in values.items() if v}))
            others.unlink()

    @api.model
    def _get_once_message(self, partner, opportunity):
        """Return the sentence for a partner who has this part in the opportunity already."""
        raise NotImplementedError

    def _get_customer_message(self):
        """Return the sentence for a customer who cannot have this part."""
        raise NotImplementedError
