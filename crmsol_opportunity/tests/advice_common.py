from datetime import timedelta

from odoo import fields

from ..const import OPPORTUNITY_MODEL
from ..engine.advice import DECISIONS
from .common import CrmsolCommon


class AdviceCommon(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.today = fields.Date.today()
        cls.Rule = cls.env["crmsol.advice.rule"]
        cls.rules = {
            rule.code: rule for rule in cls.Rule.with_context(active_test=False).search([])
        }
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.company.write(
            {
                "crmsol_silence_days": 14,
                "crmsol_far_action_days": 30,
                "crmsol_quotation_expiry_days": 7,
            }
        )
        cls.opportunity = cls._create_opportunity(name="Under test").with_user(cls.anna)

    def setUp(self):
        super().setUp()
        for code, rule in self.rules.items():
            rule.write({"active": True, "sequence": 10 * list(DECISIONS).index(code)})

    def _ago(self, days):
        return self.now - timedelta(days=days)

    def _date_back(self, opportunity, **days):
        """Let dates of the row be so many days ago."""
        self.env.flush_all()
        for column, number in days.items():
            self.env.cr.execute(
                f"UPDATE crmsol_opportunity SET {column} = %s WHERE id = %s",
                [self._ago(number), opportunity.id],
            )
        self.env.invalidate_all()

    def _only(self, *codes):
        """Switch all the other rules off."""
        for code, rule in self.rules.items():
            rule.active = code in codes

    def _plan(self, days=1, opportunity=None, **values):
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "res_id": (opportunity or self.opportunity).id,
                "activity_type_id": self.call.id,
                "summary": "Call",
                "user_id": self.anna.id,
                "date_deadline": self.today + timedelta(days=days),
                **values,
            }
        )

    def _get(self, opportunity=None, user=None):
        """Return the advice as another request of the user sees it."""
        self.env.flush_all()
        self.env.invalidate_all()
        return (opportunity or self.opportunity).with_user(user or self.anna).advice or []

    def _codes(self, opportunity=None, user=None):
        return [item["code"] for item in self._get(opportunity, user)]

    def _item(self, code, opportunity=None):
        return next(item for item in self._get(opportunity) if item["code"] == code)

    def _apply(self, code, opportunity=None, user=None):
        item = self._item(code, opportunity)
        return self._answer("apply_advice", item, opportunity, user)

    def _dismiss(self, code):
        return self._answer("dismiss_advice", self._item(code))

    def _answer(self, method, item, opportunity=None, user=None):
        record = (opportunity or self.opportunity).with_user(user or self.anna)
        return getattr(record, method)(item["code"], item["mark"])

    def _actions(self, opportunity=None):
        domain = [
            ("res_model", "=", OPPORTUNITY_MODEL),
            ("res_id", "=", (opportunity or self.opportunity).id),
        ]
        return self.env["mail.activity"].with_context(active_test=False).search(domain)

    def _refer(self, name, is_decisive=False):
        person = self.env["res.partner"].create({"name": name, "parent_id": self.customer.id})
        role = self.env["crmsol.reference.role"].create(
            {"name": f"Role of {name}", "is_decisive": is_decisive}
        )
        self.env["crmsol.opportunity.reference"].with_user(self.anna).create(
            {
                "opportunity_id": self.opportunity.id,
                "partner_id": person.id,
                "role_id": role.id,
            }
        )
        return person

    def _contact(self, person, days):
        """The person was sent a message so many days ago."""
        message = self.opportunity.message_post(
            body="Hello",
            partner_ids=person.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        message.sudo().date = self._ago(days)
