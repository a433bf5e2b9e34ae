from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty


class CrmsolOpportunity(models.Model):
    """What has to be known of an opportunity before it enters a phase."""

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
        phase = self.env["crmsol.phase"].browse(vals["phase_id"])
        entering = self.filtered(lambda o: o.phase_id != phase)
        result = super().write(vals)
        entering._check_required_data(phase)
        return result

    # === BUSINESS METHODS === #

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
        """Refuse to leave opportunities in the phase without the data that it requires.

        :raise ValidationError: with all the missing data of every opportunity
        """
        missing = self._get_missing_data(phase)
        if not missing:
            return
        if len(missing) == 1:
            [(opportunity, labels)] = missing.items()
            raise ValidationError(
                self.env._(
                    "Before “%(name)s” enters the phase “%(phase)s”, fill in: %(fields)s.",
                    name=opportunity.name,
                    phase=phase.name,
                    fields=", ".join(labels),
                )
            )
        lines = [
            self.env._("“%(name)s”: %(fields)s", name=o.name, fields=", ".join(labels))
            for o, labels in missing.items()
        ]
        raise ValidationError(
            self.env._(
                "Before these opportunities enter the phase “%(phase)s”, fill in:\n%(lines)s",
                phase=phase.name,
                lines="\n".join(lines),
            )
        )

    def _get_missing_data(self, phase):
        """Return what the phase requires and the opportunities do not have.

        :return: {opportunity: [labels in the user's language]}, only of those that lack something
        """
        # sudo: users may not read ir.model.fields, but everybody sees these fields in the form
        fnames = phase.sudo().required_field_ids.sorted("id").mapped("name")
        fnames = [fname for fname in fnames if fname in self._fields]
        labels = self.fields_get(fnames, ["string"]) if fnames else {}
        missing = {}
        for opportunity in self:
            names = [fname for fname in fnames if opportunity._is_empty(fname)]
            if names:
                missing[opportunity] = [labels[fname]["string"] for fname in names]
        return missing

    def _is_empty(self, fname):
        """Tell whether nobody has filled the field in; an amount of 0 is not filled in."""
        value = self[fname]
        if self._fields[fname].type == "html":
            return is_html_empty(value)
        return not (value.strip() if isinstance(value, str) else value)
