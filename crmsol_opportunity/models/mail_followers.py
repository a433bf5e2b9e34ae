from odoo import models
from odoo.tools import SQL


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _insert_followers(
        self,
        res_model,
        res_ids,
        partner_ids,
        subtypes=None,
        customer_ids=None,
        check_existing=True,
        existing_policy="skip",
    ):
        """Insert by one statement those who do not follow yet, where nothing else has to be done.

        The host asks who follows, then inserts the followers, then their subtypes.
        """
        if (
            existing_policy != "skip"
            or not res_ids
            or not partner_ids
            or not self._crmsol_is_batched(res_model)
        ):
            return super()._insert_followers(
                res_model,
                res_ids,
                partner_ids,
                subtypes=subtypes,
                customer_ids=customer_ids,
                check_existing=check_existing,
                existing_policy=existing_policy,
            )
        subtypes = subtypes or self._crmsol_get_default_subtypes(
            res_model, partner_ids, customer_ids
        )
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH created AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT %(model)s, r.id, p.id
                      FROM unnest(%(res_ids)s::int[]) r(id), unnest(%(partner_ids)s::int[]) p(id)
               ON CONFLICT (res_model, res_id, partner_id) DO NOTHING
                 RETURNING id, partner_id
                ), followed AS (
                    INSERT INTO mail_followers_mail_message_subtype_rel
                                (mail_followers_id, mail_message_subtype_id)
                    SELECT c.id, s.subtype_id
                      FROM created c
                      JOIN unnest(%(of_partners)s::int[], %(subtype_ids)s::int[])
                           s(partner_id, subtype_id)
                        ON s.partner_id = c.partner_id
                )
                SELECT id FROM created
                """,
                model=res_model,
                res_ids=list(res_ids),
                partner_ids=list(set(partner_ids)),
                of_partners=[pid for pid in set(partner_ids) for _subtype in subtypes[pid]],
                subtype_ids=[subtype for pid in set(partner_ids) for subtype in subtypes[pid]],
            )
        )
        if rows:  # what follows from followers is to be found anew, as after the ORM's creation
            records = self.env[res_model].browse(res_ids)
            records.invalidate_recordset(["message_follower_ids"], flush=False)
            # sudo: as the host, which creates them with these rights
            followers = self.sudo().browse(id_ for (id_,) in rows)
            followers.modified(["partner_id", "res_id", "res_model", "subtype_ids"], create=True)
        return None

    def _crmsol_is_batched(self, res_model):
        """Tell whether the followers of a model's records are inserted in our way."""
        mixin = self.pool["crmsol.thread.mixin"]
        return issubclass(self.pool[res_model], mixin) and self.env[res_model]._is_batched()

    def _crmsol_get_default_subtypes(self, res_model, partner_ids, customer_ids=None):
        """Return {partner id: ids of the subtypes that it follows unless others are given}.

        See ``_add_default_followers``.
        """
        default, _internal, external = self.env["mail.message.subtype"].default_subtypes(res_model)
        if customer_ids is None:
            # sudo: whether somebody is a customer decides what they may be told, as in the host
            partners = self.env["res.partner"].sudo().browse(partner_ids)
            partners.fetch(["active", "partner_share"])
            customer_ids = partners.filtered(lambda p: p.active and p.partner_share).ids
        return {pid: external.ids if pid in customer_ids else default.ids for pid in partner_ids}
