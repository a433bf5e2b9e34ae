"""Loads the folder crm_sales into the application, through the ORM, in batches.

Each batch is one transaction, and each record is known by an external identifier of the module
``crmsol_bench`` (which is no module): a second run creates nothing, and one that was stopped,
however rudely, goes on where it stopped. What is there already is never changed.

For speed, mail's features are off (no followers, no log of the creation, no notification), so the
chatter of a loaded opportunity is empty. The amounts are taken for the company's currency.
"""

import argparse
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from datetime import time as clock
from decimal import Decimal

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from .crm_sales import LOST, NO_ACCOUNT, OPEN, WON, Skip, Source, SourceError, Total, slug

MODULE = "crmsol_bench"
LOCK = 0x63726D73  # of PostgreSQL's advisory locks, so that one loader runs on a database at a time
CONTEXT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,  # a new user gets no invitation
}
REFUSALS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)
NOON = clock(12)  # a date without a time, such that it is the same day from America to Asia


class LoadError(Exception):
    """The database cannot take the data."""


class Progress:
    """A bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self, total, stream=None):
        self.total, self.stream = total, stream or sys.stderr
        self.start = self.shown = time.monotonic()
        self.tty = self.stream.isatty()
        self.ended = False

    def show(self, done, created):
        now = time.monotonic()
        last = done >= self.total
        if self.ended or not last and now - self.shown < (0.1 if self.tty else 5):
            return
        self.shown, self.ended = now, last
        rate = done / max(now - self.start, 0.001)
        eta = timedelta(seconds=round((self.total - done) / rate)) if rate else "?"
        share = done / self.total if self.total else 1
        line = f"{share:4.0%} {done}/{self.total} rows, {created} new, {rate:.0f} rows/s, ETA {eta}"
        if self.tty:
            line = f"\r[{'#' * int(share * 30):<30}] {line}\033[K"
        self.stream.write(line + ("\n" if last or not self.tty else ""))
        self.stream.flush()


class Loader:
    """Loads one :class:`Source`.

    :param commit: called after the master data and after each batch
    :param progress: called with the rows done and the opportunities created
    """

    def __init__(self, env, source, batch=500, commit=None, progress=None):
        if "crmsol.opportunity" not in env:
            raise LoadError(
                f"database {env.cr.dbname}: the addon crmsol_opportunity is not installed"
            )
        self.env = env(context={**env.context, **CONTEXT})
        self.source = source
        self.batch = batch
        self.commit = commit or env.cr.commit
        self.progress = progress or (lambda done, created: None)
        self.created = Counter()  # model -> records
        self.there = 0  # rows that an earlier run has loaded
        self.loaded = {outcome: Total() for outcome in (OPEN, WON, LOST)}  # set by check()
        self.without_country = []
        self.keys = []  # of the file's deals
        self.done = 0
        self.seconds = 0.0

    def run(self):
        """Load everything. Return whether the database then holds the file's totals."""
        start = time.monotonic()
        self._load_master_data()
        self.commit()
        known = self._known("crmsol.opportunity")
        pending = []
        for line, deal in self.source.deals():
            self.done = self.source.read
            self.keys.append(deal.key)
            if deal.key in known:
                self.there += 1
                self.progress(self.done, self.created["crmsol.opportunity"])
                continue
            pending.append((line, deal))
            if len(pending) >= self.batch:
                self._load_batch(pending)
                pending = []
        if pending:
            self._load_batch(pending)
        self.done = self.source.read
        self.progress(self.done, self.created["crmsol.opportunity"])
        self.seconds = time.monotonic() - start
        return self.check()

    # === MASTER DATA === #

    def _known(self, model):
        """Return {name: id} of the records of ``model`` that were loaded and still exist."""
        data = self.env["ir.model.data"].search_fetch(
            [("module", "=", MODULE), ("model", "=", model)], ["name", "res_id"]
        )
        alive = set(self.env[model].browse(data.mapped("res_id")).exists()._ids)
        return {record.name: record.res_id for record in data if record.res_id in alive}

    def _create(self, model, vals_by_name):
        """Create records with their external identifiers. Return {name: id}."""
        records = self.env[model].create(list(vals_by_name.values()))
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{MODULE}.{name}", "record": record, "noupdate": True}
                for name, record in zip(vals_by_name, records, strict=True)
            ]
        )
        return dict(zip(vals_by_name, records._ids, strict=True))

    def _ensure(self, model, vals_by_name):
        """Create those that are not there yet. Return {name: id} of all, and of the new ones."""
        known = self._known(model)
        new = {name: vals for name, vals in vals_by_name.items() if name not in known}
        new = self._create(model, new) if new else {}
        self.created[model] += len(new)
        return {**known, **new}, new

    def _load_master_data(self):
        self._find_phases()
        self._load_users_and_teams()
        self._load_customers()

    def _find_phases(self):
        Phase = self.env["crmsol.phase"]
        self.open_phases = Phase.search([("is_closing", "=", False), ("team_ids", "=", False)])
        self.closing_phase = Phase._get_closing_phase()
        if not self.open_phases or not self.closing_phase:
            raise LoadError("there is no open phase that all teams share, or no closing phase")

    def _load_users_and_teams(self):
        sellers = self.source.sellers
        managers = {seller.manager for seller in sellers.values()}
        groups = {
            True: self.env.ref("sales_team.group_sale_manager"),
            False: self.env.ref("sales_team.group_sale_salesman"),
        }
        names = {f"user_{slug(name)}": name for name in sorted({*sellers, *managers})}
        if len(names) < len({*sellers, *managers}):
            raise LoadError("two sellers or managers have the same login")
        vals = {
            key: {
                "name": name,
                "login": f"{slug(name)}@example.com",
                "email": f"{slug(name)}@example.com",
                "group_ids": [Command.set(groups[name in managers].ids)],
                "company_id": self.env.company.id,
                "company_ids": [Command.set(self.env.company.ids)],
            }
            for key, name in names.items()
        }
        known = self._known("res.users")
        logins = [v["login"] for key, v in vals.items() if key not in known]
        taken = (
            self.env["res.users"].with_context(active_test=False).search([("login", "in", logins)])
        )
        if taken:
            raise LoadError(
                f"users of other origin have these logins: {', '.join(taken.mapped('login'))}"
            )
        users, new_users = self._ensure("res.users", vals)
        self.users = {name: users[key] for key, name in names.items()}

        teams = {}
        for seller in sellers.values():
            teams.setdefault(seller.team, []).append(self.users[seller.name])
        keys = {team: f"team_{slug(' '.join(team))}" for team in teams}
        ids, new_teams = self._ensure(
            "crm.team",
            {
                keys[office, manager]: {
                    "name": f"{office} · {manager}",
                    "user_id": self.users[manager],
                    "company_id": self.env.company.id,
                    "member_ids": [Command.set(members)],
                }
                for (office, manager), members in teams.items()
            },
        )
        for team, members in teams.items():
            late = [user for user in members if user in new_users.values()]
            if late and keys[team] not in new_teams:  # the file has got new sellers since
                self.env["crm.team"].browse(ids[keys[team]]).member_ids = [
                    Command.link(u) for u in late
                ]
        self.teams = {team: ids[key] for team, key in keys.items()}

    def _load_customers(self):
        countries = {
            country.name.lower(): country.id
            for country in self.env["res.country"].with_context(lang="en_US").search([])
        }
        accounts = dict(self.source.accounts)
        keys = {name: f"account_{slug(name)}" for name in accounts}
        vals = {
            keys[name]: {
                "name": name,
                "is_company": True,
                "country_id": countries.get(country.lower(), False),
            }
            for name, country in accounts.items()
        }
        self.without_country = sorted({c for c in accounts.values() if c.lower() not in countries})
        if self.source.without_account == "placeholder":
            keys[None] = "no_account"
            vals["no_account"] = {"name": NO_ACCOUNT, "is_company": True}
        ids, _new = self._ensure("res.partner", vals)
        self.customers = {name: ids[key] for name, key in keys.items()}

    # === OPPORTUNITIES === #

    def _prepare_vals(self, deal):
        seller = self.source.sellers[deal.seller]
        phase = self._get_open_phase(deal)
        vals = {
            "name": deal.name,
            "partner_id": self.customers[deal.account],
            "user_id": self.users[seller.name],
            "team_id": self.teams[seller.team],
            "company_id": self.env.company.id,
            "amount": float(deal.amount),
            "phase_id": phase.id,
            "outcome": deal.outcome,
        }
        if deal.engaged:
            moved = deal.closed or deal.engaged
            vals["date_last_stage_update"] = datetime.combine(moved, NOON)
        if deal.outcome != OPEN:
            vals |= {
                "phase_id": self.closing_phase.id,
                "phase_before_close_id": phase.id,
                "date_closed": deal.closed,
                "date_deadline": deal.closed,
            }
        return vals

    def _load_batch(self, deals):
        """Create a batch; if Odoo refuses it, one by one, to leave out only the culprits."""
        try:
            self._create_deals([deal for _line, deal in deals])
        except REFUSALS:
            for line, deal in deals:
                try:
                    self._create_deals([deal])
                except REFUSALS as error:
                    skip = Skip("refused by Odoo", str(error))
                    closed = None if deal.outcome == OPEN else (deal.outcome, deal.amount)
                    self.source.skip(line, deal.key, skip, closed)
        self.commit()
        self.progress(self.done, self.created["crmsol.opportunity"])

    def _create_deals(self, deals):
        with self.env.cr.savepoint():
            ids = self._create(
                "crmsol.opportunity", {deal.key: self._prepare_vals(deal) for deal in deals}
            )
            self._date_back([(ids[deal.key], deal) for deal in deals if deal.engaged])
        self.created["crmsol.opportunity"] += len(deals)
        self.env.invalidate_all()  # the batch is not needed any more; keeps memory flat

    def _date_back(self, deals):
        """Make opportunities as old as the negotiation, in their history too.

        It begins in the open phase when the seller engaged, and closes on the closing day.
        """
        if not deals:
            return
        Opportunity = self.env["crmsol.opportunity"]
        Opportunity._replace_history({id_: self._prepare_steps(deal) for id_, deal in deals})
        self.env.cr.execute(  # the ORM sets this date on its own
            SQL(
                "UPDATE crmsol_opportunity o SET create_date = d.created"
                " FROM unnest(%s::int[], %s::timestamp[]) AS d(id, created)"
                " WHERE o.id = d.id",
                [id_ for id_, _deal in deals],
                [datetime.combine(deal.engaged, NOON) for _id, deal in deals],
            )
        )
        Opportunity.invalidate_model(["create_date"])

    def _prepare_steps(self, deal):
        """Return the history of a deal as ``_replace_history`` takes it."""
        engaged = datetime.combine(deal.engaged, NOON)
        if deal.outcome == OPEN:
            return [(engaged, {})]
        phase = self._get_open_phase(deal)
        closed = datetime.combine(deal.closed, NOON)
        if engaged == closed:
            engaged -= timedelta(minutes=1)  # won on the first day, after all
        was_open = {"phase_id": phase.id, "outcome": OPEN, "probability": phase.probability}
        return [(engaged, was_open), (closed, {})]

    def _get_open_phase(self, deal):
        """Return the phase that the deal is, or was, in while open."""
        return self.open_phases[min(deal.phase, len(self.open_phases) - 1)]

    # === CHECK === #

    def check(self):
        """Return whether the database holds the file's own totals."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                # as text: Odoo reads PostgreSQL's numbers as floats
                "SELECT o.outcome, count(*), sum(o.amount)::text FROM crmsol_opportunity o"
                " JOIN ir_model_data d ON d.res_id = o.id"
                " WHERE d.module = %s AND d.model = 'crmsol.opportunity' AND d.name = ANY(%s)"
                " GROUP BY o.outcome",
                MODULE,
                self.keys,
            )
        )
        for outcome, count, amount in self.env.cr.fetchall():
            self.loaded[outcome] = Total(count, Decimal(amount or "0"))
        return all(self.loaded[o] == self.expected(o) for o in (WON, LOST))

    def expected(self, outcome):
        return self.source.totals[outcome] - self.source.unloaded[outcome]

    def report(self):
        """Return the final report, as lines."""
        source, created = self.source, self.created
        new = created["crmsol.opportunity"]
        yield f"rows read        {source.read}"
        yield f"created          {new}"
        yield f"already there    {self.there}"
        yield f"skipped          {len(source.skipped)}"
        for reason, count in source.reasons():
            rows = [(line, key) for line, key, skip in source.skipped if skip.reason == reason][:5]
            sample = ", ".join(f"{key or '?'} (line {line})" for line, key in rows)
            yield f"    {count} × {reason}: {sample}{', …' if count > len(rows) else ''}"
        if source.without_account == "placeholder":
            yield f"without account  {source.placeholders}, with the customer “{NO_ACCOUNT}”"
        others = {"users": "res.users", "teams": "crm.team", "customers": "res.partner"}
        also = ", ".join(f"{created[model]} {name}" for name, model in others.items())
        yield f"also created     {also}"
        if self.without_country:
            yield f"no such country  {', '.join(self.without_country)}"
        rate = source.read / max(self.seconds, 0.001)
        yield f"time             {self.seconds:.1f} s without Odoo's start, {rate:.0f} rows/s"
        yield "mail             off: no followers, no log of the creation"
        yield f"{'':17}{'file':>24}{'of it skipped':>24}{'database':>24}"
        for outcome in (WON, LOST):
            cells = source.totals[outcome], source.unloaded[outcome], self.loaded[outcome]
            numbers = "".join(f"{cell.count:>7} {cell.amount:>16,.2f}" for cell in cells)
            equal = "equal" if self.loaded[outcome] == self.expected(outcome) else "DIFFERENT"
            yield f"{outcome:17}{numbers}  {equal}"
        still = self.loaded[OPEN]
        yield f"{'open (list price)':<65}{still.count:>7} {still.amount:>16,.2f}"


def fail(message, status=2):
    print(f"error: {message}", file=sys.stderr)
    return status


def main(argv=None):
    parser = argparse.ArgumentParser(prog="load", description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--db", required=True)
    parser.add_argument("--batch", type=int, default=500, help="opportunities per transaction")
    parser.add_argument("--without-account", choices=["skip", "placeholder"], default="placeholder")
    options = parser.parse_args(argv)
    if options.batch < 1:
        parser.error("--batch: 1 or more")

    try:
        source = Source(options.folder, options.without_account)
        total = source.count()
    except SourceError as error:
        return fail(error)

    config.parse_config(
        ["-d", options.db, "--no-http", "--max-cron-threads=0", "--log-level=warn"],
        setup_logging=True,
    )
    registry = Registry(options.db)
    with registry.cursor() as cr:
        # of the session, so that it lasts through the commits and goes with the process
        cr.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cr.fetchone()[0]:
            return fail(f"another load runs on {options.db}")

        def commit():
            cr.commit()
            registry.signal_changes()  # a server that runs beside us learns of the new users

        loader = None
        try:
            loader = Loader(
                api.Environment(cr, SUPERUSER_ID, {}),
                source,
                options.batch,
                commit,
                Progress(total).show,
            )
            equal = loader.run()
            for line in loader.report():
                print(line)
        except (LoadError, SourceError) as error:
            cr.rollback()
            return fail(error)
        except KeyboardInterrupt:
            cr.rollback()
            done = loader.created["crmsol.opportunity"] if loader else 0
            print(
                f"\ninterrupted; {done} new rows at most. Run it again to go on.", file=sys.stderr
            )
            return 130
    return 0 if equal else fail("the database's totals are not the file's", 1)


if __name__ == "__main__":
    sys.exit(main())
