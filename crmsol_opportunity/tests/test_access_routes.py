from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import (
    MODEL_ACCESS,
    NO_ROWS,
    OF_ALL,
    OF_COMPANY,
    OF_CREATOR,
    OF_OPPORTUNITY,
    OF_SELLER,
    OPERATIONS,
    OWNERS,
    VISIBLE,
    AccessCommon,
    get_operations,
)

#: models whose rows have an owner
OWNED = [model for model, row in MODEL_ACCESS.items() if row[2] in (OF_OPPORTUNITY, OF_SELLER)]


@tagged("post_install", "-at_install")
class TestAccessRoutes(AccessCommon):
    """Whoever may not see a row does not get it by any route; whoever may, does by all of them.

    The table is role × model × operation × route; what is expected of a cell follows from
    ``MODEL_ACCESS`` and ``VISIBLE``.
    """

    def test_every_model_is_in_the_table(self):
        models = {name for name in self.env if name.startswith("crmsol.")}
        self.assertEqual(models, set(MODEL_ACCESS), "a new model needs its row")
        for model, (*_, kind) in MODEL_ACCESS.items():
            Model = self.env[model]
            with self.subTest(model):
                self.assertEqual(Model._abstract, kind == NO_ROWS)
                self.assertEqual(Model._transient, kind == OF_CREATOR)
        for model in OWNED:
            with self.subTest(model):
                self.assertEqual(
                    set(self._get_rows(model).values()) - {"nobody"},
                    set(OWNERS) - {"nobody"},
                    "no row of each owner: the table would prove nothing",
                )

    # === READING === #

    def test_every_cell_of_role_model_route_of_reading(self):
        cells = 0
        for model in OWNED:
            rows = self._get_rows(model)
            for role, owners in VISIBLE.items():
                allowed = "read" in get_operations(role, model)
                expected = {id_ for id_, owner in rows.items() if allowed and owner in owners}
                for route, read in self._get_read_routes().items():
                    with self.subTest(role=role, model=model, route=route):
                        cells += 1
                        found = self._try(read, role, model, rows)
                        self.assertEqual(found, expected if allowed else None)
        self.assertGreater(cells, 7 * 13 * 9)

    def _try(self, read, role, model, rows):
        """Return the ids that the route gives, None where it is refused."""
        self.env.invalidate_all()
        try:
            return read(self._as(role, model), rows)
        except AccessError:
            return None

    def _get_read_routes(self):
        return {
            name.removeprefix("_read_by_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_read_by_")
        }

    def _domain(self, rows):
        return [("id", "in", list(rows))]

    def _read_by_search(self, Model, rows):
        return set(Model.with_context(active_test=False).search(self._domain(rows)).ids)

    def _read_by_search_count(self, Model, rows):
        """A count tells a number only: the rows are asked for one by one."""
        Model = Model.with_context(active_test=False)
        return {id_ for id_ in rows if Model.search_count([("id", "=", id_)])}

    def _read_by_id(self, Model, rows):
        found = set()
        for id_ in rows:
            try:
                Model.browse(id_).read(["id", "company_id"])
            except AccessError:
                continue
            found.add(id_)
        return found or None

    def _read_by_call_of_search_read(self, Model, rows):
        kwargs = {"domain": self._domain(rows), "fields": ["id", "company_id"]}
        kwargs["context"] = {"active_test": False}
        return {row["id"] for row in call_kw(Model, "search_read", [], kwargs)}

    def _read_by_call_of_web_search_read(self, Model, rows):
        kwargs = {"domain": self._domain(rows), "specification": {"company_id": {}}}
        kwargs["context"] = {"active_test": False}
        return {row["id"] for row in call_kw(Model, "web_search_read", [], kwargs)["records"]}

    def _read_by_call_of_web_read(self, Model, rows):
        found = set()
        for id_ in rows:
            try:
                call_kw(Model, "web_read", [[id_]], {"specification": {"display_name": {}}})
            except AccessError:
                continue
            found.add(id_)
        return found or None

    def _read_by_name_search(self, Model, rows):
        kwargs = {"domain": self._domain(rows), "limit": None, "context": {"active_test": False}}
        return {id_ for id_, _name in call_kw(Model, "name_search", [], kwargs)}

    def _read_by_export(self, Model, rows):
        found = set()
        for id_ in rows:
            try:
                [[value, _company]] = Model.browse(id_).export_data([".id", "company_id/.id"])[
                    "datas"
                ]
            except AccessError:
                continue
            except UserError as error:  # the host's, of users who may not export anything
                self.assertIn("the rights to export", str(error))
                return None
            found.add(int(value))
        return found or None

    def _read_by_group(self, Model, rows):
        Model = Model.with_context(active_test=False)
        groups = Model._read_group(self._domain(rows), ["company_id"], ["id:array_agg"])
        return {id_ for _company, ids in groups for id_ in ids}

    def _read_by_call_of_formatted_read_group(self, Model, rows):
        Model = Model.with_context(active_test=False)
        found = set()
        for id_ in rows:
            groups = call_kw(
                Model,
                "formatted_read_group",
                [[("id", "=", id_)]],
                {"groupby": ["company_id"], "aggregates": ["__count"]},
            )
            found |= {id_ for group in groups if group["__count"]}
        return found

    def _read_by_path_from_company(self, Model, rows):
        """A search by a path, in the way of ``company_id.name``."""
        Model = Model.with_context(active_test=False)
        return set(Model.search([*self._domain(rows), ("company_id.name", "!=", "")]).ids)

    def test_shared_rows_are_read_in_their_companies_by_whoever_sells(self):
        of_company = [m for m, row in MODEL_ACCESS.items() if row[2] == OF_COMPANY]
        self.env["crmsol.phase.pace"].sudo().create(
            [
                {"phase_id": self.phase_new.id, "company_id": company.id}
                for company in (self.company, self.other_company)
            ]
        )
        self.env["crmsol.win.table"]._refresh(self.company | self.other_company)
        for model in of_company:
            for role in VISIBLE:
                with self.subTest(role=role, model=model):
                    Model = self._as(role, model)
                    if "read" not in get_operations(role, model):
                        with self.assertRaises(AccessError):
                            Model.search([])
                        continue
                    self.assertLessEqual(Model.search([]).company_id, self.users[role].company_id)
                    for row in Model.sudo().search([("company_id", "!=", Model.env.company.id)]):
                        with self.assertRaises(AccessError):
                            row.sudo(False).read(["id", "company_id"])
        for model in (m for m, row in MODEL_ACCESS.items() if row[2] == OF_ALL):
            for role in VISIBLE:
                with self.subTest(role=role, model=model):
                    Model = self._as(role, model)
                    if "read" in get_operations(role, model):
                        self.assertEqual(Model.search([]), Model.sudo().search([]))
                    else:
                        with self.assertRaises(AccessError):
                            Model.search([])

    # === RELATED FIELDS OF OTHER MODELS === #

    def test_search_through_a_field_of_another_model_finds_what_the_role_may_read(self):
        """Whoever may not read an opportunity does not learn of it by asking for its neighbours."""
        orders = {}
        for owner, deal in self.open_deals.items():
            orders[owner] = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "company_id": deal.sudo().company_id.id,
                    "crmsol_opportunity_id": deal.id,
                    "user_id": self.anna.id,  # anna reads them all, not their opportunities
                }
            )
        self.env.flush_all()
        for owner in OWNERS:
            with self.subTest(owner):
                found = self._as("anna", "sale.order").search(
                    [("crmsol_opportunity_id.name", "=", f"Secret of {owner}")]
                )
                expected = [orders[owner].id] if owner in VISIBLE["anna"] else []
                self.assertEqual(found.ids, expected)

    def test_every_relation_to_a_model_of_ours_is_searched_by_the_rights_of_the_reader(self):
        """Found in the registry: a new relation is tested by itself."""
        relations = [
            (model, field)
            for model in sorted(self.env.registry)
            for field in self.env[model]._fields.values()
            if field.relational and field.comodel_name in OWNED and field._description_searchable
            if not self.env[model]._abstract and not self.env[model]._transient
        ]
        self.assertGreater(len(relations), 10)
        for model, field in relations:
            with self.subTest(model=model, field=field.name):
                Model = self._as("anna", model).with_context(active_test=False)
                path = [(f"{field.name}.company_id.name", "!=", "")]
                if not Model.has_access("read"):
                    with self.assertRaises(AccessError):
                        Model.search(path)
                    continue
                hidden = [
                    id_
                    for id_, owner in self._get_rows(field.comodel_name).items()
                    if owner not in VISIBLE["anna"]
                ]
                nested = [(field.name, "any", [("id", "in", hidden)])]
                self.assertFalse(Model.search(nested))

    # === WRITING === #

    def test_every_cell_of_role_model_operation_route_of_writing(self):
        for model in OWNED:
            rows = self._get_rows(model)
            if self.env[model]._auto is False:
                continue
            by_owner = {owner: id_ for id_, owner in rows.items()}
            for role, owners in VISIBLE.items():
                for operation in OPERATIONS[1:]:
                    for owner, id_ in by_owner.items():
                        for route in ("orm", "call"):
                            with self.subTest(
                                role=role,
                                model=model,
                                operation=operation,
                                owner=owner,
                                route=route,
                            ):
                                is_allowed = (
                                    operation in get_operations(role, model) and owner in owners
                                )
                                with self._taken_back():
                                    done = self._change(role, model, operation, owner, id_, route)
                                self.assertEqual(done, is_allowed)

    def test_reports_are_written_by_nobody(self):
        for model in OWNED:
            if self.env[model]._auto:
                continue
            [id_, *_] = self._get_rows(model)
            for role in VISIBLE:
                for operation, args in (
                    ("write", [[id_], {"display_name": "x"}]),
                    ("create", [{}]),
                    ("unlink", [[id_]]),
                ):
                    with (
                        self.subTest(role=role, model=model, operation=operation),
                        self._taken_back(),
                        self.assertRaises(AccessError),
                    ):
                        call_kw(self._as(role, model), operation, args, {})

    def _change(self, role, model, operation, owner, id_, route):
        """Tell whether the change was done; refused by anything else than the rights, it fails."""
        Model = self._as(role, model)
        args = {
            "write": [[id_], self._get_change(model, owner)],
            "create": [self._get_values(model, owner)],
            "unlink": [[id_]],
        }[operation]
        try:
            if route == "call":
                call_kw(Model, operation, args, {})
            elif operation == "create":
                Model.create(args[0])
            else:
                getattr(Model.browse(id_), operation)(*args[1:])
            Model.env.flush_all()
        except AccessError:
            return False
        return True

    def _get_change(self, model, owner):
        """Return values that any row of the model may be given."""
        return {
            "crmsol.opportunity": {"description": "Changed"},
            "crmsol.opportunity.line": {"product_uom_qty": 3},
            "crmsol.opportunity.reference": {"note": "Changed"},
            "crmsol.opportunity.partner": {"contribution": "Changed"},
            "crmsol.opportunity.competitor": {"strengths": "Changed"},
            "crmsol.target": {"amount": 8000},
        }.get(model, {"opportunity_id": self.open_deals[owner].id})

    def _get_values(self, model, owner):
        """Return the values of a new row for the owner."""
        deal = self.open_deals[owner].sudo()
        of_deal = {"opportunity_id": deal.id}
        if model == "crmsol.target":
            return {**self._get_target_values(owner), "date_month": "2040-01-01"}
        if model == "crmsol.opportunity":
            return {
                "name": "New",
                "partner_id": self.customer.id,
                "user_id": deal.user_id.id,
                "team_id": False,
                "company_id": deal.company_id.id,
            }
        if model == "crmsol.opportunity.line":
            return {**of_deal, "product_id": self.product.id}
        if model == "crmsol.opportunity.reference":
            return {**of_deal, "partner_id": self.friend.id}
        if model == "crmsol.opportunity.partner":
            return {**of_deal, "partner_id": self.rival.id}
        if model == "crmsol.opportunity.competitor":
            return {**of_deal, "partner_id": self.ally.id}
        return of_deal

    @contextmanager
    def _taken_back(self):
        """What is done inside leaves nothing, however it ends."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            with mute_logger("odoo.sql_db"):
                yield
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    # === DIALOGS === #

    def test_every_dialog_is_of_its_own_user(self):
        for model in (m for m, row in MODEL_ACCESS.items() if row[2] == OF_CREATOR):
            for role in VISIBLE:
                rules = self._as(role, "ir.rule")
                for operation in OPERATIONS:
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            list(rules._compute_domain(model, operation)),
                            [("create_uid", "in", [self.users[role].id])],
                        )

    def test_dialogs_of_another_are_neither_read_nor_confirmed(self):
        deal = self.open_deals["nobody"]
        dialog = self._as("clara", "crmsol.opportunity.close").create({"opportunity_ids": deal.ids})
        self.env.flush_all()
        for role in VISIBLE:
            self.env.invalidate_all()
            record = self._as(role, dialog._name).browse(dialog.id)
            with self.subTest(role):
                if role == "clara":
                    record.read(["opportunity_ids"])
                    continue
                with self.assertRaises(AccessError):
                    record.read(["opportunity_ids"])
                with self.assertRaises(AccessError):
                    record.action_close()
        self.assertEqual(deal.sudo().outcome, "open")
