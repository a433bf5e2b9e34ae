from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, ormcache


class CrmsolTeamAddress(models.Model):
    """The address of a sales team: a mail to it makes an opportunity of the team.

    Not the alias of ``crm.team`` itself, which Odoo's own CRM has for its leads where it is
    installed: both work side by side.
    """

    _name = "crmsol.team.address"
    _description = "Incoming Address"
    _inherit = ["mail.alias.mixin"]
    _order = "team_id, id"
    _check_company_auto = True

    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        help="The team that gets the opportunities.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        check_company=True,
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Who gets the opportunities. Left empty, they are of nobody until somebody takes "
        "them: all salespeople see them.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    # === COMPUTE METHODS === #

    @api.depends("alias_email", "alias_name", "team_id")
    def _compute_display_name(self):
        for address in self:
            address.display_name = address.alias_email or address.alias_name or address.team_id.name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        addresses = super().create(vals_list)
        addresses._check_alias_name()
        # now, and once others can see them: until then they may have learnt that there is none
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        return addresses

    def write(self, vals):
        result = super().write(vals)
        if {"team_id", "user_id", "company_id"} & vals.keys():
            for address in self:
                # sudo: aliases are the administrator's, who leaves those of teams to managers
                address.alias_id.sudo().write(address._alias_get_creation_values())
        if "alias_name" in vals:
            self._check_alias_name()
        return result

    # === BUSINESS METHODS === #

    @api.model
    @ormcache()
    def _is_in_use(self):
        """Tell whether there may be any address: most companies have none to look for."""
        query = "SELECT EXISTS (SELECT FROM crmsol_team_address)"
        return self.env.execute_query(SQL(query))[0][0]

    def _check_alias_name(self):
        """Refuse an address without its name, which the host takes for an alias that is off.

        Not a constraint: none is run when a field is written that belongs to the alias.

        :raise ValidationError: with a sentence that says what to give
        """
        for address in self:
            if not address.alias_name:
                raise ValidationError(
                    self.env._(
                        "Give the address of the team “%(team)s”: the part before the @.",
                        team=address.team_id.name,
                    )
                )

    # === MAIL METHODS === #

    def _alias_get_creation_values(self):
        """Return what a mail to the address makes: an opportunity of the team."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crmsol.opportunity")
        if self.id:
            values["alias_defaults"] = repr(
                {
                    "team_id": self.team_id.id,
                    "user_id": self.user_id.id,
                    "company_id": self.company_id.id,
                }
            )
        return values
