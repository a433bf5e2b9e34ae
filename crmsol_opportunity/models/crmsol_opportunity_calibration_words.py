from odoo import api, models

from ..engine.calibration import BETTER, DEALS_MIN, LITTLE, SAME, WORSE
from .crmsol_opportunity_calibration import MAX_MOMENTS

#: There is nothing to judge, or nothing that tells deals apart.
NOTHING, ALIKE = "nothing", "alike"
#: Better than the base rate, but not what the figures say.
ORDER = "order"


class CrmsolOpportunity(models.Model):
    """How good the chances to win were, in words."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    def _get_calibration_verdict(self, closed, found):
        """Return whether to trust the chances: its kind, a title and a sentence.

        :param int closed: deals that were closed in the period
        :param dict found: of ``engine.calibration.get_calibration``
        """
        verdict = found["verdict"]
        if not found["n"]:
            verdict = NOTHING
        elif found["won"] in (0, found["deals"]) and found["deals"] > 1:
            verdict = ALIKE
        elif verdict == BETTER and not found["fits"]:
            verdict = ORDER
        titles = {
            NOTHING: self.env._("Nothing to judge yet"),
            ALIKE: self.env._("It cannot be told"),
            LITTLE: self.env._("Too early to tell"),
            WORSE: self.env._("Do not trust it"),
            SAME: self.env._("It does not tell deals apart"),
            ORDER: self.env._("Trust the order, not the figure"),
            BETTER: self.env._("You can trust it"),
        }
        sentences = [self._get_verdict_sentence(verdict, closed, found)]
        if verdict not in (NOTHING, LITTLE, ALIKE):
            sentences.append(self._get_bias_sentence(found))
        return {"verdict": verdict, "title": titles[verdict], "sentence": " ".join(sentences)}

    @api.model
    def _get_verdict_sentence(self, verdict, closed, found):
        values = {"deals": found["deals"], "least": DEALS_MIN, "closed": closed}
        if verdict == NOTHING and not closed:
            return self.env._(
                "No deal has been closed in this period: whether chances came true cannot be seen "
                "yet."
            )
        if verdict == NOTHING:
            return self.env._(
                "None of the closed deals (%(closed)s) was open on the first day of a month: no "
                "chance can be judged.",
                **values,
            )
        if found["deals"] == 1:
            return self.env._("Only one deal can be judged: it tells nothing about the others.")
        if verdict == ALIKE and found["won"]:
            return self.env._(
                "All the %(deals)s deals were won: whether the win probability tells good deals "
                "from bad ones cannot be seen in them.",
                **values,
            )
        if verdict == ALIKE:
            return self.env._(
                "All the %(deals)s deals were lost: whether the win probability tells good deals "
                "from bad ones cannot be seen in them.",
                **values,
            )
        if verdict == LITTLE:
            return self.env._(
                "%(deals)s closed deals are too few: from %(least)s on it can be told whether to "
                "trust the win probability. Do not decide by it until then.",
                **values,
            )
        return {
            WORSE: self.env._(
                "In %(deals)s closed deals the win probability was further from what happened than "
                "the same win rate for all of them. What was learnt before did not hold later.",
                **values,
            ),
            SAME: self.env._(
                "In %(deals)s closed deals the win probability was not clearly nearer to what "
                "happened than the same win rate for all of them. Do not choose between deals by "
                "it.",
                **values,
            ),
            ORDER: self.env._(
                "In %(deals)s closed deals the win probability told good deals from bad ones, "
                "better than the same win rate for all of them. But its figures did not come true "
                "as often as they said.",
                **values,
            ),
            BETTER: self.env._(
                "In %(deals)s closed deals the win probability came true about as often as it "
                "said. It was nearer to what happened than the same win rate for all of them.",
                **values,
            ),
        }[verdict]

    @api.model
    def _get_bias_sentence(self, found):
        """Return whether the chances were too hopeful, as long as that can be told."""
        bias, low, high = found["bias"]
        percent = self.env["crmsol.closing.report.mixin"]._percent
        rate = found["k"] / found["n"]
        values = {"mean": percent(rate + bias), "rate": percent(rate)}
        if low > 0:
            return self.env._(
                "It was too hopeful: it said %(mean)s on average, and %(rate)s came true.", **values
            )
        if high < 0:
            return self.env._(
                "It was too cautious: it said %(mean)s on average, and %(rate)s came true.",
                **values,
            )
        return self.env._("It said %(mean)s on average, and %(rate)s came true.", **values)

    @api.model
    def _get_calibration_scores(self, found):
        """Return the Brier score of the chances, and of what else was said of the same deals.

        :return: list of {"id", "brier", "same": that of the chances for the same deals, "count",
            "deals", "gain", "low", "high", "words"}; "brier" is false where there is none
        """
        scores = []
        for name in ("win", "base", "default", "seller"):
            brier, count = found["brier"][name], found["counts"][name]
            gain, low, high = found["gain"].get(name, (0.0, 0.0, 0.0))
            scores.append(
                {
                    "id": name,
                    "brier": brier,
                    "same": brier - gain if count else False,
                    "count": count,
                    "deals": found["deal_counts"][name],
                    "gain": gain,
                    "low": low,
                    "high": high,
                    "words": self._get_score_words(name, found),
                }
            )
        return scores

    @api.model
    def _get_score_words(self, name, found):
        """Return how the chances compare with what else was said of the same deals."""
        if name == "win":
            return ""
        _gain, low, high = found["gain"][name]
        if not found["counts"][name]:
            return {
                "base": self.env._("no deal had been closed by then"),
                "default": self.env._("not known"),
                "seller": self.env._("nobody gave another percentage than the phase's"),
            }[name]
        if found["deal_counts"][name] < DEALS_MIN:
            return self.env._("too few deals to tell")
        if low > 0:
            return self.env._("the win probability was nearer to what happened")
        if high < 0:
            return self.env._("this was nearer to what happened than the win probability")
        return self.env._("no difference can be told")

    @api.model
    def _get_calibration_notes(self, closed, found, moments, sample, learnt_from, still_open):
        """Return what to know when the figures are read."""
        if not closed:
            return []
        notes = [
            self.env._(
                "Judged is what was said of a deal on the first day of each month on which it was "
                "open, with what was known on that day and nothing later."
            ),
            self.env._(
                "The percentages of the phases are those of today: earlier ones are not kept."
            ),
        ]
        judged = found["deals"]
        if sample == 1 and judged < closed:
            notes.append(
                self.env._(
                    "Closed deals that cannot be judged, as they were not open on the first day of "
                    "a month, or were entered here later: %(count)s.",
                    count=closed - judged,
                )
            )
        if still_open:
            notes.append(
                self.env._(
                    "Deals that were there on those days and are still open: %(count)s. What "
                    "becomes of them may be different.",
                    count=still_open,
                )
            )
        if len(moments) == MAX_MOMENTS:
            notes.append(
                self.env._("Not more than the last %(count)s months count.", count=MAX_MOMENTS)
            )
        if sample > 1:
            notes.append(
                self.env._(
                    "With so many closed deals (%(closed)s) one in %(sample)s is judged, always "
                    "the same ones.",
                    closed=closed,
                    sample=sample,
                )
            )
        if learnt_from > 1:
            notes.append(
                self.env._(
                    "For this page the chances are learnt from one in %(sample)s deals of the "
                    "company, always the same ones: those on the opportunities, learnt from all, "
                    "are a little better.",
                    sample=learnt_from,
                )
            )
        return notes
