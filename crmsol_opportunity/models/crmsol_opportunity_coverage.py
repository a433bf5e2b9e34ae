from odoo import api, fields, models
from odoo.tools import format_date

from ..const import OPEN
from ..engine.coverage import Contact, get_coverage

#: Rows of the map; further roles share the last one.
MAX_ROLES = 8
#: People who are named in a cell of the map.
MAX_NAMES = 4


class CrmsolOpportunity(models.Model):
    """How much of the customer's side has been talked to: a map of the references."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    coverage = fields.Json(
        compute="_compute_coverage",
        help="Who of the references has been contacted, by role and attitude.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "outcome",
        "company_id.crmsol_contact_days",
        "reference_ids.partner_id.email_normalized",
        "reference_ids.role_id.is_decisive",
        "reference_ids.attitude",
        "reference_ids.date_last_contact",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_coverage(self):
        today = fields.Date.context_today(self)
        for opportunity in self:
            references = opportunity.reference_ids.filtered("partner_id")
            opportunity.coverage = {
                "attitudes": opportunity._get_attitudes_of(references),
                "roles": opportunity._get_coverage_roles(references, today),
                "sentences": opportunity._get_coverage_sentences(references, today),
            }

    # === BUSINESS METHODS === #

    @api.model
    def _get_attitudes_of(self, references):
        """Return the columns of the map: the attitudes that somebody has, the best one first."""
        labels = references._fields["attitude"]._description_selection(self.env)
        found = set(references.mapped("attitude"))
        return [[value, label] for value, label in labels if value in found]

    def _get_coverage_roles(self, references, today):
        """Return the rows of the map: a role with, by attitude, the people who have it.

        Those talked to longest ago come first, as it is them who are to be talked to.
        """
        by_role = references.grouped("role_id")
        roles = sorted(
            by_role, key=lambda role: (not role, not role.is_decisive, role.sequence, role.id)
        )
        rows = [(role.name, role.is_decisive, by_role[role]) for role in roles]
        if len(rows) > MAX_ROLES:
            others = references.browse().union(*(row[2] for row in rows[MAX_ROLES - 1 :]))
            rows[MAX_ROLES - 1 :] = [(self.env._("Other roles"), False, others)]
        return [
            {
                "name": name or self.env._("Without role"),
                "decides": decides,
                "cells": {
                    attitude: self._get_coverage_cell(people, today)
                    for attitude, people in with_role.grouped("attitude").items()
                },
            }
            for name, decides, with_role in rows
        ]

    def _get_coverage_cell(self, references, today):
        """Return the people of a cell, with the days since the last contact."""
        references = references.sorted(
            lambda r: r.date_last_contact or fields.Date.to_date("1900-01-01")
        )
        # of dates that are none, as elsewhere: XML-RPC knows no null
        days = {
            r: self._get_days_since(r, today) if r.date_last_contact else False for r in references
        }
        return {
            "people": [
                {
                    "id": reference.partner_id.id,
                    "name": reference.partner_id.name or reference.partner_id.display_name,
                    "days": days[reference],
                    "date": reference.date_last_contact
                    and format_date(self.env, reference.date_last_contact),
                    "state": self._get_contact_state(reference, today),
                }
                for reference in references[:MAX_NAMES]
            ],
            "more": max(len(references) - MAX_NAMES, 0),
        }

    @api.model
    def _get_days_since(self, reference, today):
        """Return the days since the last contact; None if there was none.

        A contact may be of a day that has not begun where the user is: it is of today.
        """
        last = reference.date_last_contact
        return max((today - last).days, 0) if last else None

    def _get_contact_state(self, reference, today):
        days = self._get_days_since(reference, today)
        if days is None:
            return "never"
        return "recent" if days <= self._get_contact_days() else "old"

    def _get_contact_days(self):
        """Return up to how many days after it a contact is recent."""
        self.ensure_one()
        # sudo: the setting of a company that the user may not read
        return self.company_id.sudo().crmsol_contact_days

    @api.model
    def _get_person_key(self, reference):
        """Tell people apart: two contacts with one address are one, entered once for each role."""
        partner = reference.partner_id
        return partner.email_normalized or partner._origin.id

    def _get_coverage_facts(self, references, today):
        contacts = [
            Contact(
                self._get_person_key(reference),
                reference.role_id.is_decisive,
                self._get_days_since(reference, today),
            )
            for reference in references
        ]
        return get_coverage(contacts, self._get_contact_days())

    def _get_coverage_sentences(self, references, today):
        """Return what the deal hangs on, the heaviest first: ``(kind, sentence)``.

        What is closed hangs on nobody any more.
        """
        self.ensure_one()
        facts = self._get_coverage_facts(references, today)
        if not facts["people"]:
            return []
        values = {
            "people": facts["people"],
            "recent": facts["recent"],
            "days": self._get_contact_days(),
            "ago": facts["decider_days"],
        }
        summary = self.env._(
            "Contacted in the last %(days)s days: %(recent)s of %(people)s people.", **values
        )
        if self.outcome != OPEN:
            return [["summary", summary]]
        sentences = {
            "no_decider": self.env._(
                "Nobody among the references takes the decision: find out who does, and give them "
                "a role that decides."
            ),
            "silent_decider": self.env._(
                "No one who decides has been contacted in %(days)s days; the last time was "
                "%(ago)s days ago.",
                **values,
            )
            if facts["decider_days"] is not None
            else self.env._("No one who decides has been contacted yet.", **values),
            "silent": self.env._(
                "None of the references has been contacted in %(days)s days.", **values
            ),
            "single_thread": self.env._(
                "The deal hangs on one person: only one has been contacted in the last %(days)s "
                "days. Talk to a second one.",
                **values,
            ),
        }
        return [*(["risk", sentences[risk]] for risk in facts["risks"]), ["summary", summary]]
