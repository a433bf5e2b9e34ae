from contextlib import suppress
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import OPPORTUNITY_MODEL
from .thread_common import ThreadCommon

PIXEL = "R0lGODlhAQABAAAAACwAAAAAAQABAAA="


@tagged("post_install", "-at_install")
class TestThreadSingle(ThreadCommon):
    """A message, a change and an action of one opportunity are those of the host's own methods."""

    # === HELPERS === #

    def _post(self, user=None, context=None, **values):
        opportunity = self.opportunities.with_user(user or self.clara)
        return opportunity.with_context(**context or {}).message_post(
            **{
                "body": "We have talked.",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                **values,
            }
        )

    def _assert_post_as_the_host(self, messages=1, **values):
        return self._assert_as_the_host(
            lambda: self._post(**values), self.opportunities, messages=messages
        )

    def _follow_comments(self):
        for partner in (self.anna.partner_id, self.ben.partner_id, self.outsider):
            self.opportunities.sudo().message_subscribe(partner.ids)
        self.env.cr.flush()

    # === MESSAGES === #

    def test_a_comment_is_posted_as_by_the_host(self):
        [thread] = self._assert_post_as_the_host()
        self.assertEqual(thread["messages"][-1]["author_id"], self.clara.partner_id)
        self.assertFalse(thread["last contact"])

    def test_whoever_comments_follows_from_then_on(self):
        [thread] = self._assert_post_as_the_host(user=self.dora)
        comment = self.env.ref("mail.mt_comment").id
        self.assertIn(
            (self.dora.partner_id.id, True),
            [(partner, comment in subtypes) for partner, subtypes in thread["followers"]],
        )

    def test_followers_are_told_as_by_the_host(self):
        self._follow_comments()
        for values in (
            {},
            {"user": self.dora},
            {"subtype_xmlid": "mail.mt_note"},
            {"subtype_xmlid": None},
            {"subtype_xmlid": None, "message_type": "notification"},
            {"subtype_xmlid": "crmsol_opportunity.mt_opportunity_phase"},
            {"is_internal": True},
            {"message_type": "email", "author_id": self.outsider.id},
            {"message_type": "email", "email_from": "somebody@example.org", "author_id": False},
            {"author_id": self.ben.partner_id.id},
            {"incoming_email_to": "anna@crmsol.example.com"},
            {"context": {"mail_notify_author": True}, "user": self.anna},
        ):
            with self.subTest(values=values):
                self._assert_post_as_the_host(**values)

    def test_persons_who_are_mentioned_are_told_as_by_the_host(self):
        for partner in (
            self.ben.partner_id,  # inbox
            self.anna.partner_id,  # mail
            self.clara.partner_id,  # who writes it
            self.outsider,
            self.customer,
            self.portal.partner_id,
        ):
            for values in (
                {},
                {"subtype_xmlid": "mail.mt_note"},
                {"context": {"mail_post_autofollow": True}},
                {"notify_author_mention": True},
            ):
                with self.subTest(partner=partner.name, values=values):
                    self._assert_post_as_the_host(partner_ids=partner.ids, **values)

    def test_an_address_that_is_nobodys_is_written_to_as_by_the_host(self):
        [thread] = self._assert_post_as_the_host(outgoing_email_to="somebody@example.org")
        self.assertTrue(thread["last contact"])

    def test_what_reaches_the_customer_is_a_contact(self):
        for values, is_contact in (
            ({"partner_ids": self.outsider.ids}, True),
            ({"partner_ids": self.outsider.ids, "subtype_xmlid": "mail.mt_note"}, False),
            ({"partner_ids": self.ben.partner_id.ids}, False),
            ({"author_id": self.outsider.id}, True),
            ({"message_type": "email", "author_id": False, "email_from": "x@example.org"}, True),
        ):
            with self.subTest(values=values):
                [thread] = self._assert_post_as_the_host(**values)
                self.assertEqual(bool(thread["last contact"]), is_contact)

    def test_a_customer_who_follows_makes_a_comment_a_contact(self):
        self._follow_comments()
        [thread] = self._assert_post_as_the_host()
        self.assertTrue(thread["last contact"])

    def test_a_former_colleague_is_a_colleague_still(self):
        self._follow_comments()
        self.opportunities.sudo().message_unsubscribe(self.outsider.ids)
        self.anna.sudo().active = False
        self.env.cr.flush()
        [thread] = self._assert_post_as_the_host(partner_ids=self.anna.partner_id.ids)
        self.assertFalse(thread["last contact"])

    def test_files_are_attached_as_by_the_host(self):
        file = self.env["ir.attachment"].with_user(self.clara)
        self._assert_post_as_the_host(attachments=[("a.txt", b"A"), ("b.txt", b"B")])
        self._assert_as_the_host(
            lambda: self._post(
                attachment_ids=file.create(
                    {"name": "c.txt", "raw": b"C", "res_model": "mail.compose.message"}
                ).ids
            ),
            self.opportunities,
        )
        image = f'<p><img src="data:image/gif;base64,{PIXEL}"></p>'
        self._assert_post_as_the_host(body=image, body_is_html=True)

    def test_a_message_for_later_is_kept_as_by_the_host(self):
        self._follow_comments()
        later = fields.Datetime.to_string(self.env.cr.now() + timedelta(days=1))
        [thread] = self._assert_post_as_the_host(scheduled_date=later)
        self.assertTrue(thread["scheduled"])

    def test_each_message_answers_what_the_host_has_it_answer(self):
        thread = self.opportunities.sudo()
        thread._message_log(body="Note")
        comment = thread.message_post(
            body="Comment", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        thread._message_log(body="Later note")
        thread.message_notify(partner_ids=self.anna.partner_id.ids, body="For you")
        elsewhere = self._create_opportunity().sudo().message_ids[:1]
        self.env.cr.flush()
        for values in ({}, {"parent_id": comment.id}, {"parent_id": elsewhere.id}):
            with self.subTest(values=values):
                [found] = self._assert_post_as_the_host(**values)
                self.assertEqual(found["messages"][-1]["parent"], 2)

    def test_the_context_counts_as_by_the_host(self):
        self._follow_comments()
        for context in (
            {"mail_post_autofollow_author_skip": True},
            {"mail_create_nosubscribe": True},
            {"default_subject": "Subject", "default_parent_id": 1, "default_active": False},
            {"lang": "en_US"},
            {"tracking_disable": True},
        ):
            with self.subTest(context=context):
                self._assert_post_as_the_host(user=self.dora, context=context)

    def test_who_is_away_answers_as_by_the_host(self):
        self.opportunities.sudo().user_id = self.anna
        now = self.env.cr.now()
        self.anna.sudo().write(
            {
                "out_of_office_from": now - timedelta(days=1),
                "out_of_office_to": now + timedelta(days=1),
                "out_of_office_message": "<p>Away</p>",
            }
        )
        self.env.cr.flush()
        self._assert_post_as_the_host(messages=2)

    def test_nobody_posts_where_the_host_does_not_let_them(self):
        self.opportunities.sudo().user_id = self.anna
        self.env.cr.flush()
        for user in (self.ben, self.clerk, self.portal, self.eva):
            for attempt in ({}, {"partner_ids": self.anna.partner_id.ids}):
                with self.subTest(user=user.login, attempt=attempt), self.assertRaises(AccessError):
                    self._post(user=user, **attempt)

    def test_a_follower_who_may_not_write_posts_as_by_the_host(self):
        self.opportunities.sudo().user_id = self.anna
        self.opportunities.sudo().message_subscribe(self.ben.partner_id.ids)
        self.env.cr.flush()

        def post():
            with suppress(AccessError), self.env.cr.savepoint():
                self._post(user=self.ben)

        self._assert_as_the_host(
            post, self.opportunities, messages=self._count_messages_of(self.ben)
        )

    def _count_messages_of(self, user):
        """Return how many messages the user posts by the host's own methods."""
        model = self.env["mail.message"].with_user(user)
        values = {
            "model": OPPORTUNITY_MODEL,
            "res_id": self.opportunities.id,
            "message_type": "comment",
        }
        try:
            with self.env.cr.savepoint() as savepoint:
                model.create(values)
                savepoint.rollback()
        except AccessError:
            return 0
        return 1

    # === CHANGES === #

    def test_a_move_is_written_and_told_as_by_the_host(self):
        self._assert_as_the_host(self._move, self.opportunities)
        self._follow("phase")
        [thread] = self._assert_as_the_host(self._move, self.opportunities)
        self.assertEqual(len(thread["messages"][-1]["notifications"]), 3)

    def test_every_tracked_field_is_told_as_by_the_host(self):
        team = self.env["crm.team"].create({"name": "Team"})
        for values in (
            {"name": "Another"},
            {"amount": 5, "budget": 6, "probability": 7},
            {"user_id": self.ben.id},
            {"user_id": False},
            {"team_id": team.id},
            {"date_deadline": "2030-01-01"},
            {"currency_id": self.env.ref("base.EUR").id},
            {"partner_id": self.outsider.id},
            {"description": "Not tracked", "name": "But this"},
        ):
            with self.subTest(values=values):
                self._assert_as_the_host(
                    lambda values=values: self.opportunities.write(values),
                    self.opportunities,
                    messages=None,  # who is assigned has one more
                )

    def test_properties_are_told_as_by_the_host_when_their_team_changes(self):
        team, other = self.env["crm.team"].create([{"name": "Team"}, {"name": "Other"}])
        team.crmsol_properties_definition = [
            {"name": "color", "string": "Color", "type": "char"},
            {"name": "size", "string": "Size", "type": "integer"},
        ]
        other.member_ids = [Command.set(self.ben.ids)]
        self.opportunities.write({"team_id": team.id})
        self.opportunities.opportunity_properties = {"color": "red", "size": 3}
        self.env.cr.flush()

        def steps(*values_list):
            for values in values_list:
                self.opportunities.write(values)
                self.env.flush_all()

        for values_list in (
            [{"team_id": other.id}],
            [{"user_id": self.ben.id}],  # whose team is another one
            [{"name": "Other name"}, {"team_id": other.id}],
            [{"name": "Other name"}, {"user_id": self.ben.id}],
            [{"opportunity_properties": {"color": "blue", "size": 3}}, {"team_id": other.id}],
            [{"team_id": other.id}, {"team_id": team.id}, {"name": "Other name"}],
            [{"name": "Other name"}],
            [{"opportunity_properties": {"color": "blue", "size": 3}, "name": "Other name"}],
        ):
            with self.subTest(values_list=values_list):
                [thread] = self._assert_as_the_host(
                    lambda values_list=values_list: steps(*values_list),
                    self.opportunities,
                    messages=None,  # who is assigned has one more
                )
                told = [value for value in thread["messages"][-1]["tracking"] if value[2]]
                is_new_team = "team" in str(values_list) or "user" in str(values_list)
                if is_new_team and len(values_list) < 3 and "blue" not in str(values_list):
                    self.assertEqual(len(told), 2, "both properties are told")

    def test_two_changes_of_one_transaction_are_told_as_by_the_host(self):
        def change():
            self.opportunities.phase_id = self.phase_proposal
            self.env.flush_all()
            self.opportunities.write({"amount": 5000, "phase_id": self.phase_new.id})

        self._assert_as_the_host(change, self.opportunities)

    def test_a_change_that_is_not_tracked_is_not_told(self):
        for context in ({"tracking_disable": True}, {"mail_notrack": True}):
            with self.subTest(context=context):
                silent = self.opportunities.with_context(**context)
                self._assert_as_the_host(
                    lambda silent=silent: silent.write(
                        {"phase_id": self.phase_proposal.id, "user_id": self.ben.id}
                    ),
                    self.opportunities,
                    messages=None,  # who is assigned is told nevertheless
                )

    # === CREATION AND ACTIONS === #

    def test_a_creation_is_written_as_by_the_host(self):
        for context in (
            {},
            {"mail_create_nolog": True},
            {"mail_create_nosubscribe": True},
            {"tracking_disable": True},
        ):
            for values in ({}, {"user_id": self.ben.id}, {"user_id": self.clara.id}):
                with self.subTest(context=context, values=values):
                    model = self.Opportunity.with_context(**context)
                    self._assert_as_the_host(
                        lambda model=model, values=values: model.create(self._values(**values))
                    )

    def test_who_plans_an_action_follows_as_by_the_host(self):
        for user in (self.clara, self.dora):
            for owner in (self.dora, self.anna):
                with self.subTest(user=user.login, owner=owner.login):
                    self._assert_as_the_host(
                        lambda user=user, owner=owner: self.opportunities.with_user(
                            user
                        ).activity_schedule(
                            "mail.mail_activity_data_call", user_id=owner.id, summary="Call"
                        ),
                        self.opportunities,
                        messages=None,
                    )

    def test_a_partner_follows_once(self):
        thread = self.opportunities.sudo()
        partners = self.anna.partner_id | self.outsider
        thread.message_subscribe(partners.ids)
        self.assertLessEqual(partners, thread.message_partner_ids)
        before = thread.message_follower_ids
        self._assert_as_the_host(
            lambda: thread.message_subscribe(partners.ids), self.opportunities, messages=0
        )
        self.assertEqual(thread.message_follower_ids, before)
        external = self.env["mail.message.subtype"].default_subtypes(OPPORTUNITY_MODEL)[2]
        of_customer = before.filtered(lambda f: f.partner_id == self.outsider)
        self.assertEqual(of_customer.subtype_ids, external)

    def test_a_partner_follows_where_nothing_is_followed_by_default(self):
        subtypes = self.env["mail.message.subtype"].default_subtypes(OPPORTUNITY_MODEL)[0]
        subtypes.default = False
        thread = self.opportunities.sudo()
        [state] = self._assert_as_the_host(
            lambda: thread.message_subscribe(self.outsider.ids), self.opportunities, messages=0
        )
        self.assertIn((self.outsider.id, []), [(p, list(s)) for p, s in state["followers"]])

    def test_records_of_their_own_aliases_are_known_at_once(self):
        """Of a record with an alias the answers are taken there, whichever way it was given one."""
        model_id = self.env["ir.model"]._get_id(OPPORTUNITY_MODEL)
        alias = self.env["mail.alias"].create({"alias_model_id": model_id, "alias_name": "deal"})
        Alias = self.env["mail.alias"]
        self.assertFalse(Alias._crmsol_is_parent(OPPORTUNITY_MODEL))
        alias.alias_parent_model_id = model_id
        self.assertTrue(Alias._crmsol_is_parent(OPPORTUNITY_MODEL))
        alias.unlink()
        self.env.registry.clear_cache()
        self.assertFalse(Alias._crmsol_is_parent(OPPORTUNITY_MODEL))
        Alias.with_context(default_alias_parent_model_id=model_id).create(
            {"alias_model_id": model_id, "alias_name": "other-deal"}
        )
        self.assertTrue(Alias._crmsol_is_parent(OPPORTUNITY_MODEL))
