import doctest
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.tests import BaseCase, Form, tagged

from ..const import LOST
from ..engine import coverage
from ..engine.coverage import Contact, get_coverage
from .common import CrmsolCommon

contacts = st.lists(
    st.builds(
        Contact,
        person=st.sampled_from("abcd"),
        decides=st.booleans(),
        days=st.one_of(st.none(), st.integers(0, 60)),
    ),
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestEngineCoverage(BaseCase):
    def test_examples_of_the_module_hold(self):
        self.assertEqual(doctest.testmod(coverage).failed, 0)

    @settings(deadline=None, derandomize=True)
    @given(contacts)
    def test_people_are_counted_once_whatever_their_roles(self, found):
        facts = get_coverage(found, 30)
        people = {contact.person for contact in found}
        self.assertEqual(facts["people"], len(people))
        self.assertEqual(
            facts, get_coverage([*found, *found], 30), "saying it twice changes nothing"
        )
        self.assertEqual(facts, get_coverage(found[::-1], 30), "nor does the order")
        self.assertLessEqual(facts["recent_deciders"], min(facts["recent"], facts["deciders"]))
        self.assertLessEqual(facts["recent"] + facts["never"], facts["people"])

    @settings(deadline=None, derandomize=True)
    @given(contacts)
    def test_talking_to_somebody_never_adds_a_silence(self, found):
        talked = [contact._replace(days=0) for contact in found]
        risks = set(get_coverage(talked, 30)["risks"])
        self.assertFalse(risks & {"silent", "silent_decider"})


@tagged("post_install", "-at_install")
class TestCoverage(CrmsolCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Role = cls.env["crmsol.reference.role"]
        cls.decider, cls.user = Role.create(
            [
                {"name": "Signs", "is_decisive": True, "sequence": 90},
                {"name": "Works with it", "sequence": 91},
            ]
        )
        cls.ana, cls.leo, cls.eli = cls.env["res.partner"].create(
            [{"name": name, "parent_id": cls.customer.id} for name in ("Ana", "Leo", "Eli")]
        )
        cls.opportunity = cls._create_opportunity()

    def _refer(self, person, role=None, attitude="neutral", opportunity=None):
        return (
            self.env["crmsol.opportunity.reference"]
            .with_user(self.anna)
            .create(
                {
                    "opportunity_id": (opportunity or self.opportunity).id,
                    "partner_id": person.id,
                    "role_id": role and role.id,
                    "attitude": attitude,
                }
            )
        )

    def _contact(self, person, days):
        """The person was sent a message so many days ago."""
        message = self.opportunity.message_post(
            body="Hello",
            partner_ids=person.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        message.sudo().date = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
        self.env.invalidate_all()

    def _get(self, kind):
        return [
            sentence for found, sentence in self.opportunity.coverage["sentences"] if found == kind
        ]

    def _risks(self):
        return self._get("risk")

    # === RISKS === #

    def test_without_references_nothing_is_said(self):
        self.assertEqual(self.opportunity.coverage, {"attitudes": [], "roles": [], "sentences": []})

    def test_no_one_who_decides_has_been_contacted_in_thirty_days(self):
        self._refer(self.ana, self.decider)
        self._refer(self.leo, self.user)
        self._refer(self.eli, self.user)
        self._contact(self.leo, 1)
        self._contact(self.eli, 2)
        self.assertEqual(self._risks(), ["No one who decides has been contacted yet."])
        self._contact(self.ana, 31)
        self.assertEqual(
            self._risks(),
            ["No one who decides has been contacted in 30 days; the last time was 31 days ago."],
        )
        self._contact(self.ana, 30)
        self.assertEqual(self._risks(), [], "the thirtieth day still counts")

    def test_company_sets_for_how_many_days_a_contact_is_recent(self):
        self._refer(self.ana, self.decider)
        self._contact(self.ana, 20)
        self.company.crmsol_contact_days = 10
        self.assertIn(
            "No one who decides has been contacted in 10 days; the last time was 20 days ago.",
            self._risks(),
        )
        [role] = self.opportunity.coverage["roles"]
        self.assertEqual(role["cells"]["neutral"]["people"][0]["state"], "old")
        self.company.crmsol_contact_days = 20
        self.assertEqual(self._get("summary"), ["Contacted in the last 20 days: 1 of 1 people."])
        [role] = self.opportunity.coverage["roles"]
        self.assertEqual(role["cells"]["neutral"]["people"][0]["state"], "recent")

    def test_days_of_a_recent_contact_are_set_in_both_places(self):
        wizard = self.env["crmsol.threshold.settings"].with_user(self.dora).create({})
        self.assertEqual(wizard.contact_days, 30)
        wizard.contact_days = 45
        wizard.action_save()
        self.assertEqual(self.company.crmsol_contact_days, 45)
        self.env["res.config.settings"].create({"crmsol_contact_days": 60}).execute()
        self.assertEqual(self.company.crmsol_contact_days, 60)
        for days in (-1, 0, 1, 3651):
            with self.subTest(days), self._refused("contact_days_range"):
                self.company.crmsol_contact_days = days
        wizard.contact_days = 0
        with self._refused("contact_days_range"):
            wizard.action_save()
        self.assertEqual(self.company.crmsol_contact_days, 60)

    def test_deal_that_hangs_on_one_person_says_so(self):
        self._refer(self.ana, self.decider)
        self._contact(self.ana, 3)
        [risk] = self._risks()
        self.assertRegex(risk, "The deal hangs on one person")
        self._refer(self.leo, self.user)
        self.assertRegex(self._risks()[0], "hangs on one person", "who was not contacted")
        self._contact(self.leo, 3)
        self.assertEqual(self._risks(), [])

    def test_without_anybody_who_decides_it_says_whom_to_find(self):
        self._refer(self.ana, self.user)
        self._refer(self.leo)
        self.assertRegex(self._risks()[0], "Nobody among the references takes the decision")
        self.assertRegex(self._risks()[1], "None of the references has been contacted in 30 days")

    def test_person_in_two_roles_is_counted_once(self):
        twin = self.env["res.partner"].create({"name": "Ana (purchasing)"})
        (self.ana | twin).email = "ana@example.com"
        self._refer(self.ana, self.decider)
        self._refer(twin, self.user)
        self._contact(self.ana, 3)
        self.assertEqual(self._get("summary"), ["Contacted in the last 30 days: 1 of 1 people."])
        self.assertRegex(self._risks()[0], "hangs on one person")
        self.assertEqual(len(self.opportunity.coverage["roles"]), 2, "in the map in both roles")

    def test_closed_deal_hangs_on_nobody(self):
        self._refer(self.ana, self.decider)
        self.opportunity._close(LOST)
        self.assertEqual(self._risks(), [])
        self.assertEqual(len(self._get("summary")), 1)

    # === MAP === #

    def test_map_has_role_attitude_and_days_since_the_last_contact(self):
        self._refer(self.ana, self.decider, "sceptic")
        self._refer(self.leo, self.user, "supporter")
        self._refer(self.eli)
        self._contact(self.ana, 40)
        self._contact(self.leo, 0)
        found = self.opportunity.coverage
        self.assertEqual(
            [value for value, _label in found["attitudes"]], ["supporter", "neutral", "sceptic"]
        )
        self.assertEqual(
            [(role["name"], role["decides"]) for role in found["roles"]],
            [("Signs", True), ("Works with it", False), ("Without role", False)],
        )
        people = [
            (role["name"], attitude, person["name"], person["days"], person["state"])
            for role in found["roles"]
            for attitude, cell in role["cells"].items()
            for person in cell["people"]
        ]
        self.assertEqual(
            people,
            [
                ("Signs", "sceptic", "Ana", 40, "old"),
                ("Works with it", "supporter", "Leo", 0, "recent"),
                ("Without role", "neutral", "Eli", False, "never"),
            ],
        )

    def test_map_is_bounded(self):
        roles = self.env["crmsol.reference.role"].create(
            [{"name": f"Role {i:02}", "sequence": 100 + i} for i in range(12)]
        )
        people = self.env["res.partner"].create([{"name": f"P {i}"} for i in range(30)])
        self.opportunity.reference_ids = [
            Command.create({"partner_id": person.id, "role_id": roles[i % 12].id})
            for i, person in enumerate(people)
        ]
        rows = self.opportunity.coverage["roles"]
        self.assertEqual(len(rows), 8)
        self.assertEqual(rows[-1]["name"], "Other roles")
        cell = rows[-1]["cells"]["unknown"]
        self.assertEqual((len(cell["people"]), cell["more"]), (4, 6))

    def test_map_follows_the_references_before_they_are_saved(self):
        with Form(self.opportunity.with_user(self.anna)) as form:
            with form.reference_ids.new() as reference:
                reference.partner_id = self.ana
                reference.role_id = self.decider
            self.assertEqual(form.coverage["roles"][0]["name"], "Signs")

    def test_map_takes_the_same_queries_for_many_references(self):
        def add(number):
            people = self.env["res.partner"].create(
                [{"name": f"P {i}", "email": f"p{i}@example.com"} for i in range(number)]
            )
            self.opportunity.reference_ids = [
                Command.create({"partner_id": person.id, "role_id": self.user.id})
                for person in people
            ]

        add(10)
        opportunity = self.opportunity.with_user(self.anna)
        self._assert_same_statements(lambda: opportunity.mapped("coverage"), lambda: add(90))

    # === ROLES === #

    def test_the_role_decides_of_the_installation_decides(self):
        role = self.env.ref("crmsol_opportunity.reference_role_decides", raise_if_not_found=False)
        if role:
            self.assertTrue(role.is_decisive)
            role.is_decisive = False
            self.env.flush_all()
            role._init_column("is_decisive")
            role.invalidate_recordset()
            self.assertTrue(role.is_decisive, "of an installation older than the column too")
