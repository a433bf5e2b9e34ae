from odoo import models
from odoo.addons.crmsol_opportunity.const import OPPORTUNITY_MODEL
from odoo.tools import SQL

from .crmsol_crm_migration_copy import UNCONFIRMED

LEAD_MODEL = "crm.lead"


class CrmsolCrmMigration(models.Model):
    """Brings over what is linked to an original: activities, meetings and quotations.

    Activities are copied. A meeting is one appointment of several people and not made twice: the
    copy has an action with it. A quotation belongs to both.
    """

    _inherit = "crmsol.crm.migration"  # pylint: disable=consider-merging-classes-inherited

    # === ACTIVITIES === #

    def _copy_activities(self, plans):
        """Copy activities, planned and done ones, with their days, results and files."""
        copies = {plan.lead.id: plan.opportunity.id for plan in plans}
        activities = self._new_ids(
            "mail_activity", SQL("res_model = %s AND res_id = ANY(%s)", LEAD_MODEL, list(copies))
        )
        if not activities:
            return
        opportunities = self.env[OPPORTUNITY_MODEL].browse(copies.values())
        contacts = {o.id: partner.id for o, partner in opportunities._get_action_contacts().items()}
        types = self._get_activity_types(list(activities))
        to_do = self.env._("Action")
        self._copy_rows(
            "mail_activity",
            activities,
            res_model_id=SQL("%s", self.env["ir.model"]._get_id(OPPORTUNITY_MODEL)),
            res_model=SQL("%s", OPPORTUNITY_MODEL),
            res_id=self._mapped("t.res_id", copies),
            activity_type_id=self._mapped("t.activity_type_id", types, SQL("t.activity_type_id")),
            # ours have a subject and a contact
            summary=SQL(
                "COALESCE(NULLIF(btrim(t.summary), ''), (SELECT COALESCE(a.name ->> %s,"
                " a.name ->> 'en_US') FROM mail_activity_type a WHERE a.id = t.activity_type_id),"
                " %s)",
                self.env.lang or "en_US",
                to_do,
            ),
            crmsol_contact_id=SQL(
                "(SELECT pair.partner_id FROM unnest(%s::int[], %s::int[])"
                " AS pair(opportunity_id, partner_id) WHERE pair.opportunity_id = %s)",
                list(contacts),
                list(contacts.values()),
                self._mapped("t.res_id", copies),
            ),
            crmsol_date_start=SQL(
                "(SELECT e.start FROM calendar_event e"
                " WHERE e.id = t.calendar_event_id AND e.allday IS NOT TRUE)"
            ),
            crmsol_duration=SQL(
                "COALESCE((SELECT e.duration FROM calendar_event e"
                " WHERE e.id = t.calendar_event_id AND e.allday IS NOT TRUE), 0.5)"
            ),
        )
        self._copy_pairs(
            "activity_attachment_rel", "activity_id", activities, attachment_id=plans[0].files
        )
        self.env["mail.activity"].invalidate_model()

    def _get_activity_types(self, activity_ids):
        """Return {id of a type of Odoo's CRM only: id of one that ours may have}.

        It is the one of its name or else the most general one; its name is in the subject.
        """
        Type = self.env["mail.activity.type"].with_context(active_test=False)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT t.id FROM mail_activity a"
                " JOIN mail_activity_type t ON t.id = a.activity_type_id"
                " WHERE a.id = ANY(%s) AND t.res_model = %s",
                activity_ids,
                LEAD_MODEL,
            )
        )
        usable = Type.search([("res_model", "in", [False, OPPORTUNITY_MODEL])])
        by_name = {activity_type.name: activity_type.id for activity_type in reversed(usable)}
        general = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False) or usable
        return {
            activity_type.id: by_name.get(activity_type.name, general[:1].id)
            for activity_type in Type.browse([id_ for (id_,) in rows])
        }

    # === MEETINGS === #

    def _copy_meetings(self, plans):
        """Give copies an action for each meeting of their original that has none there."""
        copies = {plan.lead.id: plan.opportunity for plan in plans}
        meeting_type = self.env["mail.activity.type"].search(
            [("category", "=", "meeting"), ("res_model", "in", [False, OPPORTUNITY_MODEL])], limit=1
        )
        # sudo: those of colleagues too, private ones included
        Event = self.env["calendar.event"].sudo()
        events = Event.search(self._get_meeting_domain(list(copies)))
        events = events.filtered(
            lambda event: (
                not event.with_context(active_test=False).activity_ids.filtered(
                    lambda a: a.res_model == OPPORTUNITY_MODEL
                )
            )
        )
        if not events or not meeting_type:
            return
        now = self.env.cr.now()
        model_id = self.env["ir.model"]._get_id(OPPORTUNITY_MODEL)
        # sudo: nobody but the methods of an action says on which day it was done
        actions = (
            self.env["mail.activity"]
            .sudo()
            .create(
                [
                    {
                        "res_model_id": model_id,
                        "res_id": copies[self._get_lead_id(event)].id,
                        "activity_type_id": meeting_type.id,
                        "summary": event.name,
                        "user_id": event.user_id.id or self.env.uid,
                        "calendar_event_id": event.id,
                        "crmsol_date_start": not event.allday and event.start,
                        "crmsol_duration": event.duration or 0.5,
                        "date_deadline": event.start.date(),
                        "active": event.stop > now,
                    }
                    for event in events
                ]
            )
        )
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE mail_activity a SET date_done = e.start::date"
                "  FROM calendar_event e"
                " WHERE a.id = ANY(%s) AND a.active IS NOT TRUE AND e.id = a.calendar_event_id"
                " RETURNING a.id",
                actions.ids,
            )
        )
        actions.invalidate_recordset()

    def _get_meeting_domain(self, lead_ids):
        return [
            "|",
            ("opportunity_id", "in", lead_ids),
            "&",
            ("res_model", "=", LEAD_MODEL),
            ("res_id", "in", lead_ids),
        ]

    def _get_lead_id(self, event):
        return event.res_id if event.res_model == LEAD_MODEL else event.opportunity_id.id

    # === QUOTATIONS === #

    def _link_quotations(self, plans):
        """Link the quotations of the originals to the copies, beside the originals.

        One of another customer or company, or with an opportunity of ours already, stays as it is.
        """
        if "opportunity_id" not in self.env["sale.order"]._fields:
            return  # Odoo's CRM is installed without what makes quotations of it
        of_lead = {plan.lead: plan for plan in plans}
        orders = self.env["sale.order"].search(
            [("opportunity_id", "in", [plan.lead.id for plan in plans])]
        )
        for lead, quotations in orders.grouped("opportunity_id").items():
            plan = of_lead[lead]
            opportunity = plan.opportunity
            fitting = quotations.filtered(
                lambda order, opportunity=opportunity: (
                    not order.crmsol_opportunity_id
                    and order.company_id == opportunity.company_id
                    and order.partner_id.commercial_partner_id == opportunity.commercial_partner_id
                )
            )
            fitting.write({"crmsol_opportunity_id": opportunity.id})
            plan.notes += [("quotation", order.name) for order in quotations - fitting]

    # === CONFIRMATION === #

    def _confirm_copies(self, copies):
        """Let meetings and customers' answers belong to the copies, and archive the originals."""
        self.env.flush_all()
        leads = copies.crm_lead_id
        lead_ids = leads.ids
        ids = copies.ids
        self.env.execute_query(
            SQL(
                "UPDATE mail_message SET message_id = replace(message_id, %s, '')"
                " WHERE model = %s AND res_id = ANY(%s) RETURNING id",
                UNCONFIRMED,
                OPPORTUNITY_MODEL,
                ids,
            )
        )
        # SQL: the meeting is not changed for those who take part, so nobody is to be told
        self.env.execute_query(
            SQL(
                """
                UPDATE calendar_event e SET res_model = %(model)s, res_model_id = %(model_id)s,
                       res_id = o.id
                  FROM crmsol_opportunity o
                 WHERE o.id = ANY(%(ids)s) AND o.crm_lead_id = ANY(%(leads)s)
                   AND (e.res_model = %(lead)s AND e.res_id = o.crm_lead_id
                        OR e.res_model IS NULL AND e.opportunity_id = o.crm_lead_id)
             RETURNING e.id
                """,
                model=OPPORTUNITY_MODEL,
                model_id=self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                ids=ids,
                leads=lead_ids,
                lead=LEAD_MODEL,
            )
        )
        if self.is_archiving:
            self._archive_originals(copies)
        self.env.invalidate_all()
        copies._renew_last_contact()

    def _archive_originals(self, copies):
        leads = copies.crm_lead_id
        # sudo: those of colleagues too; that the work goes on elsewhere is no result of theirs
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", LEAD_MODEL), ("res_id", "in", leads.ids)]
        ).unlink()
        bodies = {}
        for copy in copies.filtered("crm_lead_id"):
            bodies[copy.crm_lead_id.id] = self.env._(
                "The work goes on in the opportunity “%(name)s” of the other application.",
                name=copy.name,
            )
        leads._message_log_batch(bodies)
        # SQL: Odoo's CRM would take an archived one for lost, or date its closing anew
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET active = FALSE WHERE id = ANY(%s) RETURNING id",
                leads.ids,
            )
        )
