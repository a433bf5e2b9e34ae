from odoo import api, fields, models
from odoo.tools import format_date

from ..engine.probability import ENTERED, OWN_TEAM, PHASE, TEAM, TIME

#: Parts of the chance that are less than this are not told.
PART_MIN = 0.005


class CrmsolOpportunity(models.Model):
    """What the chance to win rests on, in words."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    win_insight = fields.Json(compute="_compute_win_insight", export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends("win_probability", "probability")
    @api.depends_context("lang")
    def _compute_win_insight(self):
        found = self._get_win_estimates()
        for opportunity in self:
            estimate = found.get(opportunity.id)
            opportunity.win_insight = opportunity._get_win_insight(estimate) if estimate else False

    # === BUSINESS METHODS === #

    def _get_win_insight(self, estimate):
        """Return what the form shows of a chance: figures and sentences, in the user's language."""
        self.ensure_one()
        known = estimate["date_known"]
        differs = round(self.probability) != round(self.phase_id.probability)
        return {
            "win": 100 * estimate["win"],
            "low": 100 * estimate["low"],
            "high": 100 * estimate["high"],
            "seller": self.probability if differs else False,
            "basis": estimate["level"],
            "sentences": self._get_win_sentences(estimate),
            "reasons": self._get_win_reasons(estimate),
            "facts": self.env._(
                "Facts used: the phase, the days in it and the sales team. Nothing else moves it: "
                "neither amount, customer nor products, nor what was done or said."
            ),
            "known": format_date(self.env, known) if known else False,
        }

    @api.model
    def _get_days_text(self, days):
        if days == 1:
            return self.env._("1 day")
        return self.env._("%(days)s days", days=days)

    def _get_win_sentences(self, estimate):
        """Return what the chance rests on, the most important first."""
        days = self._get_days_in_phase()
        sentences = [self._get_similar_sentence(estimate)]
        if estimate["n"] and days and not estimate["days"]:
            sentences.append(
                self.env._(
                    "None of them stayed there for %(time)s, as this one does.",
                    time=self._get_days_text(days),
                )
            )
        if estimate["n"] and estimate["level"] == PHASE:
            sentences.append(
                self.env._(
                    "That is little to learn from: the figure leans on the percentage of the "
                    "phase, %(percent)s %%.",
                    percent=round(self.phase_id.probability),
                )
            )
        if estimate["open"]:
            sentences.append(self.env._("Not closed yet: %(count)s.", count=estimate["open"]))
        if estimate["unresolved"] >= PART_MIN:
            sentences.append(
                self.env._(
                    "Unresolved: %(percent)s %%, the part of such deals of which history does not "
                    "tell the end.",
                    percent=round(100 * estimate["unresolved"]),
                )
            )
        return sentences

    def _get_similar_sentence(self, estimate):
        """Return how many of the similar deals were won."""
        values = {
            "k": estimate["k"],
            "n": estimate["n"],
            "phase": self.phase_id.name,
            "time": self._get_days_text(estimate["days"]),
        }
        if not estimate["n"]:
            return self.env._(
                "No deal that was in “%(phase)s” has been closed yet: this is the percentage of "
                "the phase.",
                **values,
            )
        if not estimate["days"]:
            text = self.env._(
                "Won: %(k)s of the %(n)s closed deals that were in “%(phase)s”", **values
            )
        else:
            text = self.env._(
                "Won: %(k)s of the %(n)s closed deals that stayed in “%(phase)s” for %(time)s or "
                "longer",
                **values,
            )
        if estimate["level"] == TEAM:
            return self.env._("%(fact)s, of team %(team)s.", fact=text, team=self.team_id.name)
        return f"{text}."

    def _get_win_reasons(self, estimate):
        """Return which facts move the chance, in percentage points, from the phase's percentage."""
        values = {
            ENTERED: self.env._("Deals in “%(phase)s”", phase=self.phase_id.name),
            TIME: self.env._(
                "%(time)s in the phase", time=self._get_days_text(self._get_days_in_phase())
            ),
            OWN_TEAM: self.env._("Team %(team)s", team=self.team_id.name or ""),
        }
        start = {
            "label": self.env._("Percentage of the phase"),
            "value": self.phase_id.probability,
            "is_start": True,
        }
        return [start] + [
            {"label": values[reason], "value": 100 * points, "is_start": False}
            for reason, points in estimate["reasons"].items()
            if abs(points) >= PART_MIN
        ]
