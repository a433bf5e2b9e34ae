from unittest.mock import patch

from odoo.tests import tagged

from ..const import LOST, OPPORTUNITY_MODEL, WON
from .thread_common import ThreadCommon

SETUP = 8  # statements that a hundred may take more than ten


@tagged("post_install", "-at_install")
class TestThreadBatch(ThreadCommon):
    """Many messages at once are the very messages that the host writes one by one."""

    count = 4

    # === TESTS === #

    def test_a_move_is_written_as_by_the_host(self):
        threads = self._assert_as_the_host(self._move, self.opportunities)
        message = threads[0]["messages"][-1]
        self.assertEqual(
            message["subtype_id"], self.env.ref("crmsol_opportunity.mt_opportunity_phase")
        )
        self.assertEqual(message["author_id"], self.clara.partner_id)
        self.assertEqual(len(message["tracking"]), 2)  # phase and probability
        self.assertIn("catchall@crmsol.example.com", message["reply_to"])
        self.assertFalse(message["notifications"])

    def test_a_move_is_told_to_its_followers_as_by_the_host(self):
        self._follow("phase")
        threads = self._assert_as_the_host(self._move, self.opportunities)
        for thread in threads:
            notified = {row[:2] for row in thread["messages"][-1]["notifications"]}
            self.assertEqual(
                notified,
                {
                    (self.anna.partner_id.id, "email"),
                    (self.ben.partner_id.id, "inbox"),
                    (self.outsider.id, "email"),
                },
            )
            self.assertTrue(thread["messages"][-1]["mails"])

    def test_some_are_followed_and_others_are_not(self):
        self.opportunities[1].sudo().message_subscribe(
            self.anna.partner_id.ids,
            self.env.ref("crmsol_opportunity.mt_opportunity_phase").ids,
        )
        threads = self._assert_as_the_host(self._move, self.opportunities)
        told = [len(thread["messages"][-1]["notifications"]) for thread in threads]
        self.assertEqual(told, [0, 1, 0, 0])

    def test_the_author_who_follows_is_not_told(self):
        self.opportunities.sudo().message_subscribe(
            self.clara.partner_id.ids,
            self.env.ref("crmsol_opportunity.mt_opportunity_phase").ids,
        )
        threads = self._assert_as_the_host(self._move, self.opportunities)
        self.assertFalse(threads[0]["messages"][-1]["notifications"])

    def test_closing_and_reopening_are_written_as_by_the_host(self):
        self._follow("won", "lost", "phase")
        for outcome in (WON, LOST):
            with self.subTest(outcome=outcome):
                self._assert_as_the_host(
                    lambda o=outcome: self.opportunities._close(o), self.opportunities
                )
        self.opportunities._close(LOST)
        self.env.cr.flush()
        self._assert_as_the_host(self.opportunities._reopen, self.opportunities)

    def test_a_change_without_a_subtype_is_logged_as_by_the_host(self):
        def change():
            self.opportunities.write({"amount": 5000, "name": "Another name"})

        threads = self._assert_as_the_host(change, self.opportunities)
        self.assertEqual(threads[0]["messages"][-1]["subtype_id"], self.env.ref("mail.mt_note"))
        change()
        self.env.cr.flush()
        logged = self.opportunities.sudo().message_ids.filtered("tracking_value_ids")
        self.assertEqual(len(set(logged.mapped("message_id"))), self.count)

    def test_some_are_posted_and_others_logged(self):
        def change():
            self.opportunities[:2].phase_id = self.phase_proposal
            self.opportunities[2:].amount = 5000

        self._assert_as_the_host(change, self.opportunities)

    def test_each_message_answers_what_the_host_has_it_answer(self):
        note, comment, mailed, _none = self.opportunities.sudo()
        note._message_log(body="Note")
        comment.message_post(
            body="Comment", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        comment._message_log(body="Later note")
        mailed.message_post(body="Mail", message_type="email", email_from="x@example.org")
        mailed.message_notify(partner_ids=self.anna.partner_id.ids, body="For you")
        self.env.cr.flush()
        threads = self._assert_as_the_host(self._move, self.opportunities)
        parents = [thread["messages"][-1]["parent"] for thread in threads]
        self.assertEqual(parents, [1, 1, 1, 0])

    def test_text_and_author_that_were_set_are_kept(self):
        def change():
            self.opportunities[:3]._track_set_log_message("<b>Because</b>")
            self.opportunities[1:]._track_set_author(self.ben.partner_id)
            self._move()

        threads = self._assert_as_the_host(change, self.opportunities)
        authors = [thread["messages"][-1]["author_id"] for thread in threads]
        self.assertEqual(authors, [self.clara.partner_id] + 3 * [self.ben.partner_id])
        self.assertIn("&lt;b&gt;Because", threads[0]["messages"][-1]["body"])

    def test_a_mail_template_of_the_phase_is_sent_as_by_the_host(self):
        template = self.env["mail.template"].create(
            {
                "name": "Moved",
                "model_id": self.env["ir.model"]._get_id(OPPORTUNITY_MODEL),
                "subject": "Moved: {{ object.name }}",
                "body_html": "<p>Moved</p>",
                "partner_to": str(self.outsider.id),
            }
        )

        def track_template(_self, changes):
            return {"phase_id": (template, {})} if "phase_id" in changes else {}

        with patch.object(
            self.env.registry["mail.thread"], "_track_template", track_template, create=True
        ):
            threads = self._assert_as_the_host(self._move, self.opportunities, messages=2)
        self.assertIn("Moved", threads[0]["messages"][-1]["subject"])

    def test_opportunities_of_two_companies(self):
        self.opportunities[0].sudo().with_context(tracking_disable=True).write(
            {"company_id": self.other_company.id, "user_id": False, "team_id": False}
        )
        self.env.cr.flush()

        def change():
            self.opportunities.sudo().phase_id = self.phase_proposal

        threads = self._assert_as_the_host(change, self.opportunities)
        companies = [thread["messages"][-1]["record_company_id"] for thread in threads]
        self.assertEqual(companies, [self.other_company] + 3 * [self.company])

    def test_one_that_is_deleted_in_the_same_transaction_has_no_message(self):
        def change():
            self._move()
            self.opportunities[0].sudo().unlink()
            return self.opportunities

        self._assert_as_the_host(change)

    def test_creation_is_written_as_by_the_host(self):
        cases = {
            "own": [{}] * self.count,
            "another's": [{"user_id": self.anna.id}] * self.count,
            "nobody's": [{"user_id": False}] * self.count,
            "several": [{"user_id": user.id} for user in (self.anna, self.ben, self.clara) * 2],
        }
        for name, values in cases.items():
            with self.subTest(name):
                self._assert_as_the_host(
                    lambda values=values: self.Opportunity.create(
                        [a | b for a, b in zip(self._values(), values, strict=False)]
                    )
                )

    def test_creation_follows_the_context_as_by_the_host(self):
        for context in (
            {"mail_create_nolog": True},
            {"mail_create_nosubscribe": True},
            {"mail_auto_subscribe_no_notify": True, "default_user_id": self.anna.id},
            {"default_user_id": self.anna.id},
            {"tracking_disable": True},
        ):
            with self.subTest(context=context):
                model = self.Opportunity.with_context(**context)
                self._assert_as_the_host(lambda model=model: model.create(self._values()))

    def test_followers_of_a_team_follow_its_opportunities_as_by_the_host(self):
        team = self.env["crm.team"].create({"name": "Team"})
        child = self.env["mail.message.subtype"].create(
            {"name": "Child", "res_model": OPPORTUNITY_MODEL, "default": False}
        )
        parent = self.env["mail.message.subtype"].create(
            {
                "name": "Parent",
                "res_model": "crm.team",
                "parent_id": child.id,
                "relation_field": "team_id",
            }
        )
        team.message_subscribe(self.ben.partner_id.ids, parent.ids)
        values = self._values(team_id=team.id)
        del values[0]["team_id"]
        self._assert_as_the_host(lambda: self.Opportunity.create(values))

    def test_an_addon_that_changes_the_thread_is_heard(self):
        posted = []

        class Other:
            def message_post(self, **kwargs):
                posted.append(self.id)

        Other.__module__ = "odoo.addons.other.models"
        registry_class = self.env.registry[OPPORTUNITY_MODEL]
        bases = registry_class.__bases__
        self.addCleanup(setattr, registry_class, "__bases__", bases)
        registry_class.__bases__ = (Other, *bases)
        self._move()
        self.env.cr.flush()
        self.assertEqual(posted, self.opportunities.ids)

    def test_many_take_no_more_statements_than_ten(self):
        """Nothing is added by a record, but for what depends on whom it is told."""
        values = [{**self._values()[0], "name": f"Deal {i}"} for i in range(100)]

        def count(method):
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method()
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        def move(records):
            is_new = records[:1].phase_id == self.phase_new
            records.phase_id = self.phase_proposal if is_new else self.phase_new

        def close(records):
            records._close(LOST)
            self.env.cr.flush()
            records._reopen()

        many = self.Opportunity.create(values)
        for name, on_ten, on_hundred in (
            (
                "create",
                lambda: self.Opportunity.create([dict(vals) for vals in values[:10]]),
                lambda: self.Opportunity.create([dict(vals) for vals in values]),
            ),
            ("move", lambda: move(many[:10]), lambda: move(many)),
            ("close", lambda: close(many[:10]), lambda: close(many)),
            (
                "amount",
                lambda: many[:10].write({"budget": many[0].budget + 1}),
                lambda: many.write({"budget": many[0].budget + 1}),
            ),
        ):
            with self.subTest(name):
                on_ten()  # fills the caches that are not of records
                few, hundred = count(on_ten), count(on_hundred)
                self.assertLessEqual(hundred, few + SETUP, f"{few} for ten")
