import functools

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: From the one that counts most.
_STATES = ("overdue", "today", "planned")
_OF_PARTNER_NAME = (
    "commercial_company_name",
    "company_name",
    "display_name",
    "is_company",
    "name",
    "parent_id",
    "type",
)
_OF_PERSON = (*_OF_PARTNER_NAME, "commercial_partner_id", "email", "phone", "vat")
_IDS = {"fields": {}}
_NAME = {"fields": {"display_name": {}}}


class CrmsolOpportunity(models.Model):
    """What cards and rows show of other records: found for all of them by one query a model."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === READ METHODS === #

    def web_read(self, specification):
        """As the host's, of many records with less of the database and of the ORM's work.

        Values that are found at once are put in the cache, where the host would have computed
        them, except for the planned actions: the cache would have to hold the others as well.
        """
        if not (
            self
            and all(self._ids)
            and isinstance(specification, dict)
            and specification.keys() <= self._fields.keys()
        ):
            return super().web_read(specification)
        # it raises an error if the user may not read one of them, before anything else is read
        fnames = [f for f in specification if not f.startswith("activity_")]
        if len(self) == 1:  # of its lists the empty ones are not read
            fnames = [f for f in fnames if self._fields[f].type != "one2many"]
        # with what the record rules ask for: the host checks them again on values, and would read
        # whole rows for that
        self.fetch(["company_id", "user_id", *fnames])
        if any(self._fields["company_id"]._cache_missing_ids(self)):  # some are no more
            return super().web_read(specification)
        if len(self) == 1:
            self._prefetch_empty_lists(specification)
            self._prefetch_of_form(specification)
            return super().web_read(specification)
        self._prefetch_names(specification)
        if "company_currency_id" in specification:
            self._prefetch_company_currencies()
        if specification.get("activity_ids") != _IDS:
            return super().web_read(specification)
        self._check_field_access(self._fields["activity_ids"], "read")
        actions = self._prefetch_planned_actions()
        others = {fname: spec for fname, spec in specification.items() if fname != "activity_ids"}
        result = super().web_read(others)
        for row in result:
            row["activity_ids"] = [{"id": id_} for id_ in actions.get(row["id"], ())]
        return result

    # === BUSINESS METHODS === #

    def _prefetch_empty_lists(self, fnames):
        """Learn by one statement which lists of one opportunity are empty.

        The form has several, of which most are: the host asks for each, and others ask again.
        Nothing is told of what is in a list that is not.
        """
        lists = [
            field
            for field in (self._fields.get(fname) for fname in fnames)
            if field is not None
            and field.type == "one2many"
            and field.store
            and self.env[field.comodel_name]._fields[field.inverse_name].type == "many2one"
            and any(field._cache_missing_ids(self))
        ]
        if len(lists) < 2:
            return
        is_used = []
        for field in lists:
            Comodel = self.env[field.comodel_name]
            inverse = Comodel._fields[field.inverse_name]
            is_used.append(
                SQL(
                    "EXISTS (SELECT FROM %s WHERE %s = %s)",
                    SQL.identifier(Comodel._table),
                    SQL.identifier(inverse.name, to_flush=inverse),
                    self.id,
                )
            )
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(is_used)))
        for field, used in zip(lists, row, strict=True):
            if not used:
                field._insert_cache(self, [()])

    def _without_empty(self, fname):
        """Return the opportunities of which a list is not known to be empty."""
        known = self._fields[fname]._get_cache(self.env)
        return self.filtered(lambda opportunity: known.get(opportunity.id) != ())

    def _prefetch_planned_actions(self):
        """Put what is shown of planned actions in the cache, of those that the user may read.

        The host reads them model by model and field by field, to find the same.

        :return: {opportunity's id: ids of its planned actions, the first one first}
        """
        get_state = functools.cache(self.env["mail.activity"]._compute_state_from_date)
        of_all = {}
        for id_, res_id, *values in self._get_readable_planned_actions():
            of_all.setdefault(res_id, []).append((id_, *values))
        # sudo: of whoever may see an action, its type is shown
        types = self.env["mail.activity.type"].sudo()
        types = types.browse(
            {action[1] for of_one in of_all.values() for action in of_one} - {None}
        )
        types.fetch(["display_name", "icon", "decoration_type"])
        icons = {activity_type.id: activity_type.icon for activity_type in types}
        decorations = {activity_type.id: activity_type.decoration_type for activity_type in types}
        nothing = (None, None, None, None, None)
        shown = []
        for id_ in self._ids:
            of_one = of_all.get(id_, ())
            [_id, first_type, subject, *_when] = of_one[0] if of_one else nothing
            states = {get_state(day, zone) for *_action, day, zone in of_one}
            exception = self._get_exception_type([action[1] for action in of_one], decorations)
            shown.append(
                {
                    "activity_exception_decoration": decorations.get(exception),
                    "activity_exception_icon": icons.get(exception),
                    "activity_state": next(filter(states.__contains__, _STATES), None),
                    "activity_summary": subject,
                    "activity_type_icon": icons.get(first_type),
                    "activity_type_id": first_type,
                }
            )
        for fname in shown[0]:
            self._set_column(fname, [values[fname] for values in shown])
        return {id_: [action[0] for action in of_one] for id_, of_one in of_all.items()}

    def _get_readable_planned_actions(self):
        """Return (id, opportunity's id, type's id, subject, day, time zone), the first first."""
        Activity = self.env["mail.activity"]
        query = self._query_actions(Activity)
        fnames = ("id", "res_id", "activity_type_id", "summary", "date_deadline", "user_tz")
        columns = [Activity._field_to_sql(query.table, f, query) for f in (*fnames, "user_id")]
        rows = self.env.execute_query(query.select(*columns))
        allowed = self._filter_of_readable_actions({(row[-1], row[1]) for row in rows})
        return [row[:-1] for row in rows if (row[-1], row[1]) in allowed]

    def _get_readable_actions(self):
        """Return the actions of the opportunities that the user may read, done ones too."""
        Activity = self.env["mail.activity"].with_context(active_test=False)
        query = self._query_actions(Activity)
        found = Activity._fetch_query(query, Activity._determine_fields_to_fetch())
        owners = {action.id: (action.user_id.id or None, action.res_id) for action in found}
        allowed = self._filter_of_readable_actions(set(owners.values()))
        readable = found.filtered(lambda action: owners[action.id] in allowed)
        # sudo: of whoever may see an action, the contact's name is shown
        readable.sudo().crmsol_contact_id.fetch(["name"])
        return readable

    def _query_actions(self, Activity):
        """Return the query of the opportunities' actions, whoever may read them.

        The host reads them first, to ask about their documents, and then once more.
        """
        Activity.check_access("read")
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        domain &= self.env["ir.rule"]._compute_domain(Activity._name, "read")
        return Activity._search(domain, order=Activity._order, bypass_access=True)

    def _filter_of_readable_actions(self, owners):
        """Return, of pairs of an owner and an opportunity's id, those whose actions may be read.

        An action is read by its owner, and by whoever may post on the opportunity.
        """
        of_others = {id_ for owner, id_ in owners if owner != self.env.uid}
        allowed = set(self.browse(of_others)._filtered_access(self._mail_post_access)._ids)
        return {pair for pair in owners if pair[0] == self.env.uid or pair[1] in allowed}

    @api.model
    def _get_exception_type(self, types, decorations):
        """Return the type to be warned of: the first one of danger, else the last of a warning."""
        types = [type_id for type_id in dict.fromkeys(types) if decorations.get(type_id)]
        dangers = [type_id for type_id in types if decorations[type_id] == "danger"]
        return next(iter(dangers or types[-1:]), None)

    def _prefetch_company_currencies(self):
        """Set the field that is related, which the host would follow record by record."""
        # sudo: as related fields
        currencies = {company.id: company.currency_id.id for company in self.company_id.sudo()}
        ids = [currencies.get(company) for company in self._get_column("company_id")]
        self._set_column("company_currency_id", ids)

    def _prefetch_of_form(self, specification):
        """Read what the form of one opportunity needs of its customer, contact and salesperson.

        The host reads all that they have: of each, more than a hundred columns.
        """
        if "partner_id" in specification:
            (self.partner_id | self.contact_id).fetch(_OF_PERSON)
        self._prefetch_names({"user_id": specification.get("user_id")})

    def _prefetch_names(self, specification):
        """Read of persons that are shown by their name what makes it, not their hundred fields."""
        for fname, spec in specification.items():
            field = self._fields.get(fname)
            if field is None or field.type != "many2one" or spec != _NAME:
                continue
            # sudo: who may read the opportunity may read whom it names, as with the host
            if field.comodel_name == "res.partner":
                self[fname].sudo().fetch(_OF_PARTNER_NAME)
            elif field.comodel_name == "res.users":  # its name is that of its partner
                users = self[fname].sudo()
                users.fetch(["partner_id"])
                users.partner_id.fetch(["name", "tz"])
