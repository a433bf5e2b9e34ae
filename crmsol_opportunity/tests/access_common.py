from datetime import date

from odoo import Command

from .common import CrmsolCommon

OPERATIONS = ("read", "write", "create", "unlink")

ALL = {"read", "write", "create", "unlink"}
NO_DELETE = {"read", "write", "create"}
READ = {"read"}
NONE = set()

#: role -> whose opportunities it sees, in all of its companies
VISIBLE = {
    "public": set(),
    "portal": set(),
    "clerk": set(),
    "anna": {"anna", "nobody"},
    "clara": {"anna", "ben", "nobody"},
    "dora": {"anna", "ben", "nobody"},
    "eva": {"eva"},
}
OWNERS = ("anna", "ben", "nobody", "eva")

#: what a model's rows belong to
OF_OPPORTUNITY = "opportunity"  # its rights are the opportunity's
OF_SELLER = "seller"  # of a salesperson: nobody's rows do not exist
OF_COMPANY = "company"  # everybody's of the company
OF_ALL = "all"  # configuration, which companies share
OF_CREATOR = "creator"  # dialogs: nobody reads those of another
OF_NOBODY = "nobody"  # read by the addon's own SQL only
NO_ROWS = "none"  # abstract models

#: model -> (operations of the salespeople, operations of the manager, whose its rows are).
#: Nobody else has any right.
MODEL_ACCESS = {
    "crmsol.opportunity": (NO_DELETE, ALL, OF_OPPORTUNITY),
    "crmsol.opportunity.history": (READ, READ, OF_OPPORTUNITY),
    "crmsol.big.deal": (READ, READ, OF_OPPORTUNITY),
    "crmsol.my.day": (NONE, NONE, NO_ROWS),
    "crmsol.opportunity.line": (ALL, ALL, OF_OPPORTUNITY),
    "crmsol.opportunity.reference": (ALL, ALL, OF_OPPORTUNITY),
    "crmsol.opportunity.partner": (ALL, ALL, OF_OPPORTUNITY),
    "crmsol.opportunity.competitor": (ALL, ALL, OF_OPPORTUNITY),
    "crmsol.opportunity.import": (NONE, ALL, OF_CREATOR),
    "crmsol.opportunity.import.column": (NONE, ALL, OF_CREATOR),
    "crmsol.opportunity.import.value": (NONE, ALL, OF_CREATOR),
    "crmsol.opportunity.relation.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.opportunity.close": (NO_DELETE, NO_DELETE, OF_CREATOR),
    "crmsol.opportunity.merge": (NO_DELETE, NO_DELETE, OF_CREATOR),
    "crmsol.opportunity.gate": (NO_DELETE, NO_DELETE, OF_CREATOR),
    "crmsol.opportunity.gate.line": (ALL, ALL, OF_CREATOR),
    "crmsol.opportunity.reopen": (NO_DELETE, NO_DELETE, OF_CREATOR),
    "crmsol.action.close": (NO_DELETE, NO_DELETE, OF_CREATOR),
    "crmsol.pipeline.asof": (READ, READ, OF_OPPORTUNITY),
    "crmsol.pipeline.movement": (READ, READ, OF_OPPORTUNITY),
    "crmsol.phase": (READ, ALL, OF_ALL),
    "crmsol.phase.stay": (READ, READ, OF_OPPORTUNITY),
    "crmsol.phase.pace": (READ, READ, OF_COMPANY),
    "crmsol.target": (READ, ALL, OF_SELLER),
    "crmsol.forecast.report": (READ, READ, OF_OPPORTUNITY),
    "crmsol.competitor.report": (READ, READ, OF_OPPORTUNITY),
    "crmsol.partner.report": (READ, READ, OF_OPPORTUNITY),
    "crmsol.loss.report": (READ, READ, OF_OPPORTUNITY),
    "crmsol.closing.report.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.loss.reason": (READ, ALL, OF_ALL),
    "crmsol.reference.role": (READ, ALL, OF_ALL),
    "crmsol.partner.kind": (READ, ALL, OF_ALL),
    "crmsol.document.type": (READ, ALL, OF_ALL),
    "crmsol.threshold.settings": (NONE, NO_DELETE, OF_CREATOR),
    "crmsol.win.table": (NONE, READ, OF_COMPANY),
    "crmsol.opportunity.total": (NONE, NONE, OF_NOBODY),
    "crmsol.cached.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.contact.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.counted.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.derived.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.usage.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.parameter.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.thread.mixin": (NONE, NONE, NO_ROWS),
    "crmsol.advice.rule": (READ, {"read", "write"}, OF_ALL),
    "crmsol.advice.dismissal": (READ, READ, OF_OPPORTUNITY),
    "crmsol.team.address": (NONE, ALL, OF_COMPANY),
}


def get_operations(role, model):
    """Return what a role may do with a model, wherever it may reach the row."""
    of_sellers, of_manager, _ = MODEL_ACCESS[model]
    if role in ("public", "portal", "clerk"):
        return NONE
    return of_manager if role == "dora" else of_sellers


class AccessCommon(CrmsolCommon):
    """An open and a lost opportunity of every owner, with a row of every model in each.

    The roles are those of :class:`CrmsolCommon`, and the public user.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls.env.ref("base.public_user")
        cls.users = {role: getattr(cls, role) for role in VISIBLE}
        exporters = cls.env.ref("base.group_allow_export")
        (cls.clerk | cls.anna | cls.ben | cls.clara | cls.dora | cls.eva).group_ids = [
            Command.link(exporters.id)
        ]
        cls.product = cls.env["product.product"].create({"name": "Pump", "list_price": 10})
        cls.rival, cls.ally, cls.person, cls.friend = cls.env["res.partner"].create(
            [
                {"name": "Rival", "is_company": True},
                {"name": "Ally", "is_company": True},
                {"name": "Person", "parent_id": cls.customer.id},
                {"name": "Friend", "parent_id": cls.customer.id},
            ]
        )
        cls.reason = cls.env["crmsol.loss.reason"].create({"name": "Reason"})
        cls.open_deals, cls.lost_deals = {}, {}
        for owner in OWNERS:
            cls.open_deals[owner] = cls._create_deal(owner)
            cls.lost_deals[owner] = cls._create_deal(owner)
            cls.lost_deals[owner].sudo()._close("lost", loss_reason_id=cls.reason.id)
        cls.owner_of = {
            deal.id: owner
            for deals in (cls.open_deals, cls.lost_deals)
            for owner, deal in deals.items()
        }
        cls.env["crmsol.big.deal"].create(
            [
                {
                    "opportunity_id": deal.id,
                    "event": "created",
                    "company_id": deal.company_id.id,
                    "currency_id": deal.company_currency_id.id,
                    "user_id": deal.user_id.id,
                }
                for deal in (deal.sudo() for deal in cls.open_deals.values())
            ]
        )
        cls.env["crmsol.advice.dismissal"].create(
            [
                {
                    "opportunity_id": deal.id,
                    "rule_id": cls.env["crmsol.advice.rule"].search([], limit=1).id,
                    "fact": "once",
                }
                for deal in cls.open_deals.values()
            ]
        )
        cls.targets = cls.env["crmsol.target"].create(
            [cls._get_target_values(owner) for owner in OWNERS if owner != "nobody"]
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _create_deal(cls, owner, **values):
        """Create an opportunity of the owner with everything that it may have."""
        company = cls.other_company if owner == "eva" else cls.company
        seller = False if owner == "nobody" else getattr(cls, owner).id
        creator = cls.eva if owner == "eva" else cls.clara
        return cls._create_opportunity(
            creator,
            **{
                "name": f"Secret of {owner}",
                "company_id": company.id,
                "user_id": seller,
                "team_id": False,
                "amount": 5000,
                "date_deadline": date.today().replace(day=28),
                "line_ids": [Command.create({"product_id": cls.product.id})],
                "reference_ids": [Command.create({"partner_id": cls.person.id})],
                "partner_line_ids": [Command.create({"partner_id": cls.ally.id})],
                "competitor_ids": [Command.create({"partner_id": cls.rival.id})],
                **values,
            },
        )

    @classmethod
    def _get_target_values(cls, owner):
        user = getattr(cls, owner)
        return {
            "user_id": user.id,
            "company_id": user.company_id.id,
            "date_month": date.today().replace(day=1),
            "amount": 7000,
        }

    @classmethod
    def _get_opportunity_field(cls, model):
        """Return the path from a row of the model to its opportunity's id."""
        return "id" if model == "crmsol.opportunity" else "opportunity_id"

    @classmethod
    def _get_rows(cls, model):
        """Return {id of a row: its owner} of all that the tests have made of a model."""
        Model = cls.env[model].sudo().with_context(active_test=False)
        if MODEL_ACCESS[model][2] == OF_SELLER:
            return {target.id: target.user_id.login[len("crmsol_") :] for target in cls.targets}
        fname = cls._get_opportunity_field(model)
        domain = [(fname, "in", list(cls.owner_of)), ("id", "!=", 0)]  # asof: of every day
        rows = Model.search(domain)
        return {row.id: cls.owner_of[row.id if fname == "id" else row[fname].id] for row in rows}

    def _as(self, role, model):
        """Return the model as the role's own request has it."""
        env = self.env(user=self.users[role], su=False, context={})
        return env[model]
