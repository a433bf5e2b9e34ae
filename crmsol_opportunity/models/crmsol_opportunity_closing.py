from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, format_datetime

from ..client_input import is_id
from ..const import LOST, OPEN, WON

#: What is recorded by itself when an opportunity is closed.
_RECORDED = {"closed_by_id", "date_closing_recorded", "phase_before_close_id"}


class CrmsolOpportunity(models.Model):
    """How a negotiation ends: the ways into the closing phase, and out of it again."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === CONSTRAINT METHODS === #

    @api.constrains("outcome", "loss_reason_id", "company_id")
    def _check_loss_reason(self):
        """Where the company wants to know why it loses, no lost deal is without a reason."""
        for opportunity in self:
            # sudo: the setting of a company that the user may not read holds as well
            if (
                opportunity.outcome == LOST
                and not opportunity.loss_reason_id
                and opportunity.company_id.sudo().crmsol_loss_reason_required
            ):
                raise ValidationError(
                    self.env._(
                        "Why was “%(name)s” lost? Your company asks for a loss reason: "
                        "give it together with the outcome.",
                        name=opportunity.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # an import says from which phase it was closed: that is its past, not a change of it
            self._check_closing_recorded(vals.keys() - {"phase_before_close_id"})
        return super().create(vals_list)

    def write(self, vals):
        self._check_closing_recorded(vals.keys())
        if vals.get("date_closed"):
            self._check_date_closed_of_created(fields.Date.to_date(vals["date_closed"]))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_win(self):
        """Close the opportunities as won, today, and celebrate; ask first if there is something.

        With planned actions left, or without data that the closing phase requires, the dialog is
        opened. Otherwise the outcome is all there is to say, and the button says it.
        """
        to_close = self._filtered_to_close()
        closing = self.env["crmsol.phase"]._get_closing_phase()
        if to_close._has_to_ask_for_closing(closing):
            return to_close._get_closing_dialog(WON)
        to_close._close(WON, closing)
        return self._get_celebration()

    def action_lose(self):
        """Ask for the reason, then close the opportunities as lost."""
        return self._filtered_to_close()._get_closing_dialog(LOST)

    def action_close(self):
        """Ask whether the open ones are won or lost, then close them."""
        return self._filtered_to_close()._get_closing_dialog(WON)

    def action_reopen(self):
        """Ask in which phase the closed ones go on, then open them again."""
        return self._filtered_to_reopen()._get_reopening_dialog()

    # === BUSINESS METHODS === #

    @api.readonly
    def get_move_dialog(self, values):
        """Return the dialog that asks for what has to be known before a view moves the records.

        A view calls it before it writes: the dialog then moves them, or leaves them.

        :param dict values: what the view is about to write: ``phase_id`` or ``outcome``
        :return: an action; false if there is nothing to ask
        :raise UserError: if no phase can be meant
        """
        phase_id = isinstance(values, dict) and values.get("phase_id")
        if not isinstance(values, dict) or (phase_id and not is_id(phase_id)):
            raise UserError(self.env._("There is no such phase. Reload the page."))
        phase = self.env["crmsol.phase"].browse(phase_id or [])
        outcome = values.get("outcome") or (OPEN if phase and not phase.is_closing else WON)
        opened = self.filtered(lambda o: o.outcome == OPEN)
        if outcome == OPEN:
            closed = self - opened
            return closed._get_reopening_dialog(phase, opened) if closed else False
        return opened._get_closing_dialog(outcome) if opened else False

    def _get_closing_dialog(self, outcome):
        """Return the dialog that closes the opportunities, with the outcome proposed."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crmsol_opportunity.crmsol_opportunity_close_action"
        ) | {"context": {"default_opportunity_ids": self.ids, "default_outcome": outcome}}

    def _get_reopening_dialog(self, phase=None, moved=None):
        """Return the dialog that opens closed opportunities again.

        :param crmsol.phase phase: where they go; without it, the phase they were closed from
        :param crmsol.opportunity moved: open ones that go into the phase with them
        """
        context = {
            "default_opportunity_ids": self.ids,
            "default_moved_ids": moved.ids if moved else [],
        }
        if phase:
            context["default_phase_id"] = phase.id
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crmsol_opportunity.crmsol_opportunity_reopen_action"
        ) | {"context": context}

    @api.model
    def _get_celebration(self):
        """Return what the web client shows when an opportunity is won."""
        return {
            "effect": {
                "fadeout": "slow",
                "message": self.env._("Congratulations! The opportunity is won."),
                "type": "rainbow_man",
            }
        }

    def _has_to_ask_for_closing(self, closing):
        """Tell whether closing has to ask for more than the outcome.

        :param crmsol.phase closing: where they are to go
        """
        return bool(self._get_planned_actions())

    def _get_planned_actions(self):
        """Return the actions that nobody needs any more once the opportunities are closed."""
        return self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )

    def _close(self, outcome, closing=None, **values):
        """Bring open opportunities into the closing phase; closed ones stay as they are.

        :param str outcome: ``won`` or ``lost``
        :param crmsol.phase closing: the closing phase, of whoever knows it already
        :param values: further values to write with it, e.g. ``loss_reason_id``, ``date_closed``
        :return: those that were open
        :raise UserError: if none of them is open
        """
        to_close = self._filtered_to_close()
        closing = closing or self.env["crmsol.phase"]._get_closing_phase()
        to_close.write({"outcome": outcome, "phase_id": closing.id, **values})
        return to_close

    def _reopen(self, phase=None):
        """Open closed opportunities again; open ones stay where they are.

        :param crmsol.phase phase: where they go; without it, each into the phase from which it was
            closed, or the first one where that is none any more
        """
        self.check_access("write")
        closed = self._filtered_to_reopen()
        for target, opportunities in closed.grouped(
            lambda o: phase or o._get_reopening_phase()
        ).items():
            opportunities.write({"outcome": OPEN, "phase_id": target.id})

    def _get_reopening_phase(self):
        """Return the phase from which the opportunity was closed, else that where it begins."""
        self.ensure_one()
        phase = self.phase_before_close_id
        if phase.active and not phase.is_closing:
            return phase
        return phase._get_first_open_phase(self.team_id)

    def _get_reopening_phase_of_all(self):
        """Return the phase from which all of them were closed, if it is one and the same."""
        phases = self.env["crmsol.phase"].union(*(o._get_reopening_phase() for o in self))
        return phases if len(phases) == 1 else phases.browse()

    def _filtered_to_close(self):
        """Return the open ones.

        Of a selection, those closed meanwhile are left as they are. Whoever closes a single one
        that somebody else has just closed is told so, and the other's outcome stands.

        :raise UserError: if there is none, and who closed it, when and how
        """
        to_close = self.filtered(lambda o: o.outcome == OPEN)
        if self and not to_close:
            if len(self) > 1:
                raise UserError(self.env._("All of them are closed already."))
            raise UserError(self._get_closed_sentence())
        return to_close

    def _filtered_to_reopen(self):
        """Return the closed ones.

        :raise UserError: if there is none
        """
        closed = self.filtered(lambda o: o.outcome != OPEN)
        if self and not closed:
            if len(self) > 1:
                raise UserError(self.env._("All of them are open already."))
            raise UserError(self.env._("“%(name)s” is open already.", name=self.name))
        return closed

    def _log_note(self, note):
        """Log what the user noted when they closed or reopened the opportunities, if anything.

        As a comment, as it is theirs: the timeline leaves out what the host logs by itself.
        """
        if note:
            bodies = dict.fromkeys(self.ids, note)
            self._message_log_batch(bodies, message_type="comment")

    def _get_closed_sentence(self):
        """Return the sentence that says who closed the opportunity, when and how."""
        self.ensure_one()
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        values = {"name": self.name, "outcome": outcomes[self.outcome].lower()}
        if self.closed_by_id and self.date_closing_recorded:
            return self.env._(
                "“%(name)s” is closed already: %(outcome)s, by %(user)s on %(moment)s. "
                "Reopen it before you close it again.",
                user=self.sudo().closed_by_id.name,  # sudo: the name of a colleague
                moment=format_datetime(self.env, self.date_closing_recorded, dt_format="short"),
                **values,
            )
        return self.env._(
            "“%(name)s” is closed already: %(outcome)s on %(date)s. "
            "Reopen it before you close it again.",
            date=format_date(self.env, self.date_closed),
            **values,
        )

    def _check_closing_recorded(self, fnames):
        """Refuse to say that somebody else closed a deal, at another time or from elsewhere."""
        if not self.env.su and _RECORDED & fnames:
            raise AccessError(
                self.env._(
                    "Who closed an opportunity, when and from which phase is recorded by itself."
                )
            )

    def _check_date_closed_of_created(self, date_closed):
        """Refuse a closing date before the day on which the opportunity came to be.

        One that is created closed, as an import does, brings its past along.
        """
        # what is later than that is later than the beginning of the history, too
        earlier = self.filtered(lambda o: date_closed < o._get_earlier_day(o.create_date))
        days = earlier._get_creation_days()
        for opportunity in earlier:
            if date_closed < days[opportunity] and date_closed != opportunity.date_closed:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be closed on %(date)s: it was created on %(created)s. "
                        "Give the day on which the customer decided.",
                        name=opportunity.name,
                        date=format_date(self.env, date_closed),
                        created=format_date(self.env, days[opportunity]),
                    )
                )

    def _get_creation_days(self):
        """Return {opportunity: day on which it came to be}, in UTC or here, the earlier one.

        The history of an imported one begins before the import.
        """
        # sudo: the history is asked for a day only, of opportunities that the user may read
        History = self.env["crmsol.opportunity.history"].sudo()
        domain = [("opportunity_id", "in", self.ids)]
        groups = History._read_group(domain, ["opportunity_id"], ["date_from:min"])
        begins = {opportunity.id: begin for opportunity, begin in groups}
        days = {}
        for opportunity in self:
            created = opportunity.create_date
            created = min(created, begins.get(opportunity.id, created))
            days[opportunity] = self._get_earlier_day(created)
        return days

    def _get_earlier_day(self, moment):
        """Return the day of a moment, in UTC or here, the earlier one."""
        return min(moment.date(), fields.Datetime.context_timestamp(self, moment).date())
