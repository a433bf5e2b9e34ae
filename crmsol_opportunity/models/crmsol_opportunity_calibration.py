from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import LOST, OPEN, WON
from ..engine.absorption import get_bucket
from ..engine.calibration import get_calibration
from ..engine.probability import look_up
from ..report.period import get_midnight, get_today

#: First days of a month on which the chances are looked at, the last ones of the period.
MAX_MOMENTS = 36

#: Above so many deals one in a few of them is looked at, always the same ones.
MAX_DEALS = 2000

#: Closed deals from which on the chances are told apart in ten bins rather than five.
MANY_DEALS = 200


class CrmsolOpportunity(models.Model):
    """Whether the chances to win came true, so that one knows how far to trust them.

    A chance is judged as it was given on the first day of each month on which the deal was open:
    days that nobody chose knowing how the deal would end. So many days before the closing, or in
    the phase from which it was closed, would be chosen so. The entry of each phase would not, but
    it has no days in the phase yet, and a salesperson's own percentage neither.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_win_calibration(self, period="all", company_id=None):
        """Return how good the chances of the closed deals were that the user may read.

        What the tables tell on a day is learnt from what was known on that day of all the company's
        deals, those that the user may not read included, as it is every day. The percentages of
        the phases are those of today: history does not keep them.

        :param str period: in which the deals were closed: ``all``, ``year``, ``last_year`` or
            ``months``, the last twelve ones
        :param int company_id: one of the companies that are switched on; the first by default
        :return: ``sentence`` that tells whether to trust them; ``closed`` deals, of which ``deals``
            are judged by ``count`` chances; ``bins``, ``scores`` (Brier's), ``parts``; ``notes``;
            chances and rates from 0 to 1
        :raise UserError: with a sentence that says what to choose
        :rtype: dict
        """
        self.browse().check_access("read")
        Report = self.env["crmsol.closing.report.mixin"]
        company, wanted = Report._get_closed_domain(period, company_id)
        moments = self._get_calibration_moments(period)
        closed = wanted & Domain("outcome", "in", [WON, LOST])
        if len(moments) == MAX_MOMENTS:
            closed &= Domain("date_closed", ">=", min(moments))
        count, sample = self._get_calibration_sample(closed)
        chances = self._read_given_chances(closed, moments, company, sample)
        still_open = self._count_open_of_then(moments, company)
        learnt_from = self._fill_in_learnt(chances, moments, company)
        found = get_calibration(
            chances, number=10 if len({row["deal"] for row in chances}) >= MANY_DEALS else 5
        )
        return {
            "company_id": company.id,
            "companies": [(c.id, c.name) for c in self.env.companies],
            "closed": count,
            "deals": found["deals"],
            "won": found["won"],
            "count": found["n"],
            "bins": found["bins"],
            "parts": found["parts"],
            **self._get_calibration_verdict(count, found),
            "scores": self._get_calibration_scores(found),
            "notes": self._get_calibration_notes(
                count, found, moments, sample, learnt_from, still_open
            ),
        }

    # === WHAT WAS SAID THEN === #

    @api.model
    def _get_calibration_moments(self, period):
        """Return {first day of a month: the moment (UTC) at which it began for the user}.

        Those of the last months up to the end of the period, of which history tells something.
        """
        last = get_today(self.env)
        if period == "last_year":
            last = last.replace(month=1, day=1) - timedelta(days=1)
        # sudo: the day on which history begins, of whatever deal
        History = self.env["crmsol.opportunity.history"].sudo()
        begin = History.search_fetch([], ["date_from"], order="date_from", limit=1).date_from
        days = (last.replace(day=1) - relativedelta(months=i) for i in range(MAX_MOMENTS))
        moments = {day: get_midnight(self.env, day) for day in days}
        return {day: at for day, at in moments.items() if begin and begin <= at}

    @api.model
    def _get_calibration_sample(self, domain):
        """Return how many deals there are, and one in how many of them is looked at."""
        [(count,)] = self._read_group(domain, [], ["__count"])
        return count, -(-count // MAX_DEALS) or 1

    @api.model
    def _get_sample_sql(self, column, sample):
        """Return the condition that picks one in a few deals, the same ones whenever it is asked.

        By a hash of the id: those of an import follow one another, and so do their ends.
        """
        if sample == 1:
            return SQL("TRUE")
        return SQL("mod(abs(hashint4(%s)::bigint), %s) = 0", column, sample)

    @api.model
    def _read_given_chances(self, closed, moments, company, sample):
        """Return what was known of the closed deals on those days on which they were open.

        A deal that was closed on paper before it was closed here is looked at before both.

        :return: in order of time, dicts of "day", "deal", "won", "phase", "days" in it, "team", and
            "own": the percentage that the opportunity had, from 0 to 1
        """
        if not moments:
            return []
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.day, o.id, o.outcome = %(won)s, h.phase_id, h.team_id, h.probability,
                       GREATEST(FLOOR(EXTRACT(EPOCH FROM t.moment - h.phase_date_from) / 86400), 0)
                  FROM (VALUES %(moments)s) t (day, moment)
                  JOIN crmsol_opportunity_history h
                    ON h.date_from <= t.moment AND (h.date_to IS NULL OR h.date_to > t.moment)
                  JOIN crmsol_opportunity o ON o.id = h.opportunity_id
                 WHERE h.outcome = %(open)s AND h.active AND h.company_id = %(company)s
                   AND o.date_closed >= t.day
                   AND o.id IN %(readable)s AND %(sample)s
              ORDER BY t.day, o.id
                """,
                won=WON,
                open=OPEN,
                company=company.id,
                moments=self._get_moments_sql(moments),
                readable=self._search(closed).subselect(),
                sample=self._get_sample_sql(SQL("o.id"), sample),
            )
        )
        return [
            {
                "day": day,
                "deal": deal,
                "won": won,
                "phase": phase,
                "team": team,
                "own": min(max((own or 0) / 100, 0.0), 1.0),
                "days": int(days),
            }
            for day, deal, won, phase, team, own, days in rows
        ]

    @api.model
    def _count_open_of_then(self, moments, company):
        """Return how many deals were there on those days and are open: nobody can judge them."""
        if not moments:
            return 0
        still_open = Domain("company_id", "=", company.id) & Domain("outcome", "=", OPEN)
        [[count]] = self.env.execute_query(
            SQL(
                """
                SELECT count(DISTINCT opportunity_id) FROM crmsol_opportunity_history
                 WHERE date_from <= %s AND outcome = %s AND opportunity_id IN %s
                """,
                max(moments.values()),
                OPEN,
                self._search(still_open).subselect(),
            )
        )
        return count

    @api.model
    def _get_moments_sql(self, moments):
        return SQL(", ").join(
            SQL("(%s::date, %s::timestamp)", day, moment) for day, moment in moments.items()
        )

    @api.model
    def _fill_in_learnt(self, chances, moments, company):
        """Add to each chance what was said on its day: "win", "default", "seller", "base".

        :return: one in how many deals of the company is learnt from
        """
        # sudo: as in every look-up, the deals behind the chances stay numbers
        Table = self.env["crmsol.win.table"].sudo()
        ids, sample = self._get_learning_sample(company)
        defaults = Table._get_defaults()
        by_day = {}
        for row in chances:
            by_day.setdefault(row["day"], []).append(row)
        for day, rows in by_day.items():
            tables, counts = Table._build(company, moments[day], ids)
            ends = Table._summarize(counts, None)
            ended = ends["deals_won"] + ends["deals_lost"]
            base = ends["deals_won"] / ended if ended else None
            known = {}
            for row in rows:
                default = defaults.get(row["phase"])  # none of a phase that closes today
                assumed = row["own"] if default is None else default
                key = (row["phase"], get_bucket(row["days"]), row["team"], assumed)
                if key not in known:
                    known[key] = look_up(tables, row["phase"], row["days"], assumed, row["team"])
                # where it is the phase's, nobody has given one of their own
                is_own = default is None or round(100 * row["own"]) != round(100 * default)
                row |= {
                    "win": known[key]["win"],
                    "default": default,
                    "seller": row["own"] if is_own else None,
                    "base": base,
                }
        return sample

    @api.model
    def _get_learning_sample(self, company):
        """Return the ids of the deals that are learnt from, none for all, and one in how many."""
        # sudo: what is learnt is learnt from all the deals of the company
        Opportunity = self.sudo().with_context(active_test=False)
        domain = Domain("company_id", "=", company.id)
        count, sample = Opportunity._get_calibration_sample(domain)
        if sample == 1:
            return None, 1
        query = Opportunity._search(domain)
        column = SQL.identifier(query.table, "id")
        query.add_where(self._get_sample_sql(column, sample))
        return list(query.get_result_ids()), sample
