from collections import namedtuple

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..client_input import to_ids
from ..const import OPPORTUNITY_MODEL

#: Context key of the move that a manager decided upon although something is missing. It counts for
#: the superuser only: a client can put any key into the context.
OVERRIDE_KEY = "crmsol_without_requirements"

#: Something that a phase requires and an opportunity lacks. ``kind`` is field, role, product,
#: quotation or action; ``key`` the field's name or the id of the role or of the type of action.
Missing = namedtuple("Missing", ["kind", "key", "label"])


class CrmsolOpportunity(models.Model):
    """What has to be known of an opportunity, and done for it, before it enters a phase."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        opportunities = super().create(vals_list)
        opportunities._check_entry_of_new()
        return opportunities

    def write(self, vals):
        if not vals.get("phase_id"):
            return super().write(vals)
        phase = self.env["crmsol.phase"].browse(to_ids(vals["phase_id"]))
        entering = self._filtered_entering(phase)
        result = super().write(vals)
        if not (self.env.su and self.env.context.get(OVERRIDE_KEY)):
            entering._check_required_data(phase)
        return result

    # === BUSINESS METHODS === #

    @api.readonly
    def get_move_dialog(self, values):
        """Ask for what the phase requires too, where nothing else has to be asked."""
        dialog = super().get_move_dialog(values)
        if dialog or not values.get("phase_id"):
            return dialog
        phase = self.env["crmsol.phase"].browse(values["phase_id"])
        is_missing = self._filtered_entering(phase)._get_missing_items(phase)
        return self._get_gate_dialog(phase) if is_missing else False

    def _get_gate_dialog(self, phase, **defaults):
        """Return the dialog that asks for what the phase requires, and then goes on.

        :param defaults: further values of the dialog, e.g. ``close_id``: how it goes on
        """
        context = {"default_opportunity_ids": self.ids, "default_phase_id": phase.id}
        context |= {f"default_{fname}": value for fname, value in defaults.items()}
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crmsol_opportunity.crmsol_opportunity_gate_action"
        ) | {"context": context}

    def _has_to_ask_for_closing(self, closing):
        return super()._has_to_ask_for_closing(closing) or bool(self._get_missing_items(closing))

    def _filtered_entering(self, phase):
        return self.filtered(lambda o: o.phase_id != phase)

    def _check_entry_of_new(self):
        """Refuse new opportunities that lack the data of a phase later than the first.

        Four data are enough to begin: where the process begins nothing else is asked for.
        """
        for team, of_team in self.grouped("team_id").items():
            first = self.env["crmsol.phase"]._get_first_open_phase(team)
            for phase, entered in of_team.grouped("phase_id").items():
                if phase != first:
                    entered._check_required_data(phase)

    def _check_required_data(self, phase):
        """Refuse to leave opportunities in the phase without what it requires.

        :raise ValidationError: with all that is missing of every opportunity
        """
        missing = self._get_missing_items(phase)
        if not missing:
            return
        if len(missing) == 1:
            [(opportunity, items)] = missing.items()
            raise ValidationError(
                self.env._(
                    "Before “%(name)s” enters the phase “%(phase)s”, fill in: %(fields)s.",
                    name=opportunity.name,
                    phase=phase.name,
                    fields=self._join_missing(items),
                )
            )
        raise ValidationError(
            self.env._(
                "Before these opportunities enter the phase “%(phase)s”, fill in:\n%(lines)s",
                phase=phase.name,
                lines="\n".join(self._get_missing_lines(missing)),
            )
        )

    @api.model
    def _join_missing(self, items):
        return ", ".join(item.label for item in items)

    @api.model
    def _get_missing_lines(self, missing):
        """Return a line for every opportunity that lacks something: what it lacks."""
        return [
            self.env._("“%(name)s”: %(fields)s", name=o.name, fields=self._join_missing(items))
            for o, items in missing.items()
        ]

    def _get_missing_items(self, phase):
        """Return what the phase requires and the opportunities do not have.

        :return: {opportunity: [:class:`Missing`]}, only of those that lack something; the labels
            are in the user's language
        """
        if phase:
            phase._prefetch_requirements()
        required = [
            *self._get_required_fields(phase),
            *self._get_required_references(phase),
            *self._get_required_sale(phase),
            *self._get_required_actions(phase),
        ]
        missing = {}
        for opportunity in self:
            items = [item for item, fulfilling in required if opportunity.id not in fulfilling]
            if items:
                missing[opportunity] = items
        return missing

    # Each of these returns [(what the phase requires, ids of the opportunities that have it)].

    def _get_required_fields(self, phase):
        # sudo: users may not read ir.model.fields, but everybody sees these fields in the form
        fnames = phase.sudo().required_field_ids.sorted("id").mapped("name")
        fnames = [fname for fname in fnames if fname in self._fields]
        labels = self.fields_get(fnames, ["string"]) if fnames else {}
        return [
            (
                Missing("field", fname, labels[fname]["string"]),
                {o.id for o in self if not o._is_empty(fname)},
            )
            for fname in fnames
        ]

    def _get_required_references(self, phase):
        roles = phase.required_role_ids
        if not roles:
            return []
        domain = [("opportunity_id", "in", self.ids), ("role_id", "in", roles.ids)]
        groups = self.env["crmsol.opportunity.reference"]._read_group(
            domain, ["role_id"], ["opportunity_id:array_agg"]
        )
        having = {role.id: set(ids) for role, ids in groups}
        return [
            (
                Missing("role", role.id, self.env._("Reference: %(role)s", role=role.name)),
                having.get(role.id, set()),
            )
            for role in roles
        ]

    def _get_required_sale(self, phase):
        """A product offered; a quotation that is not cancelled."""
        # sudo: a quotation of another salesperson is one
        sources = (
            (
                phase.is_product_required,
                Missing("product", False, self.env._("Product")),
                self.env["crmsol.opportunity.line"],
                ["opportunity_id", Domain("product_id", "!=", False)],
            ),
            (
                phase.is_quotation_required,
                Missing("quotation", False, self.env._("Quotation")),
                self.env["sale.order"].sudo(),
                ["crmsol_opportunity_id", Domain("state", "!=", "cancel")],
            ),
        )
        required = []
        for is_required, item, Model, (link, domain) in sources:
            if is_required:
                groups = Model._read_group(Domain(link, "in", self.ids) & domain, [link])
                required.append((item, {opportunity.id for (opportunity,) in groups}))
        return required

    def _get_required_actions(self, phase):
        """An action of the type that was done, not one that is planned or was cancelled."""
        types = phase.required_activity_type_ids
        if not types:
            return []
        # sudo: the actions of colleagues are done for the opportunity, too
        Activity = self.env["mail.activity"].sudo().with_context(active_test=False)
        domain = [
            ("res_model", "=", OPPORTUNITY_MODEL),
            ("res_id", "in", self.ids),
            ("activity_type_id", "in", types.ids),
            ("active", "=", False),
            ("crmsol_cancelled", "=", False),
        ]
        groups = Activity._read_group(domain, ["activity_type_id"], ["res_id:array_agg"])
        having = {type_.id: set(ids) for type_, ids in groups}
        return [
            (
                Missing("action", type_.id, self.env._("Action done: %(type)s", type=type_.name)),
                having.get(type_.id, set()),
            )
            for type_ in types
        ]

    def _is_empty(self, fname):
        """Tell whether nobody has filled the field in; an amount of 0 is not filled in."""
        value = self[fname]
        if self._fields[fname].type == "html":
            return is_html_empty(value)
        return not (value.strip() if isinstance(value, str) else value)

    @api.model
    def _log_override(self, phase, missing, reason):
        """Write into the thread that a manager let opportunities pass, without what and why.

        :param dict missing: {opportunity: [:class:`Missing`]}
        """
        bodies = {
            opportunity.id: Markup("%s<br/>%s")
            % (
                self.env._(
                    "Let into the phase “%(phase)s” without: %(items)s.",
                    phase=phase.name,
                    items=self._join_missing(items),
                ),
                self.env._("Reason: %(reason)s", reason=reason),
            )
            for opportunity, items in missing.items()
        }
        messages = self.browse(bodies)._message_log_batch(bodies)
        messages.subtype_id = self.env.ref("crmsol_opportunity.mt_opportunity_override")
