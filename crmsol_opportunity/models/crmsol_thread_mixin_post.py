from collections import defaultdict

from odoo import api, models
from odoo.tools import ormcache


class CrmsolThreadMixin(models.AbstractModel):
    """What a single message and a single change ask for, with fewer statements than the host's."""

    _inherit = "crmsol.thread.mixin"  # pylint: disable=consider-merging-classes-inherited

    # === CRUD METHODS === #

    def write(self, vals):
        self.env["res.users"]._crmsol_fetch_session()
        context = self.env.context
        is_tracked = not context.get("tracking_disable") and not context.get("mail_notrack")
        if is_tracked and self._is_changing_properties(frozenset(vals)):
            self._track_properties()
        return super().write(vals)

    # === MAIL METHODS === #

    def _track_prepare(self, fields_iter):
        """Read the properties before they change only: the host does so before every change.

        To read them takes statements of their own: they are not read with the rest of the record.
        """
        names = self._track_get_fields().intersection(fields_iter)
        if not names:
            return None
        properties = self._get_tracked_properties()
        if not properties or not self._is_batched():
            return super()._track_prepare(names)
        if names == self._track_get_fields():  # by a write, which anything may follow
            self._get_postponed().update(self.ids)
            return super()._track_prepare(names - properties.keys())
        if not names.isdisjoint({*properties, *properties.values()}):  # about to be computed
            self.browse(self._get_postponed() & set(self.ids))._track_properties()
        return super()._track_prepare(names)

    def _message_compute_author(self, author_id=None, email_from=None):
        """Read of the user what an author needs, not the whole of them and of their contact."""
        if author_id is None and not email_from:
            self.env["res.users"]._crmsol_fetch_session()
        return super()._message_compute_author(author_id, email_from)

    def _message_compute_parent_id(self, parent_id):
        """Find the message that a new one answers without reading all that may be."""
        if parent_id or not self._is_batched():
            return super()._message_compute_parent_id(parent_id)
        return self._get_answered({self.id: None})[self.id].parent_id or False

    def _message_create(self, values_list):
        """Create messages as superuser where the user may post on the record.

        The host creates them with the rights of the user, reads them again from the table, and asks
        only then for the rights on the record. Files and recipients are left to it.
        """
        if (
            self.env.su
            or not self.env.user._is_internal()
            or not self._is_batched()
            or any(
                values.get("model") != self._name
                or not values.get("res_id")
                or values.get("message_type") == "user_notification"
                or values.get("attachment_ids")
                or values.get("partner_ids")
                or "data:" in (values.get("body") or "")
                for values in values_list
            )
            or not self._is_post_allowed({values["res_id"] for values in values_list})
        ):
            return super()._message_create(values_list)
        # sudo: what the host asks for was asked above
        return super(CrmsolThreadMixin, self.sudo())._message_create(values_list).sudo(False)

    def _mail_get_alias_domains(self, default_company=False):
        """Do not look for the first one where there is none."""
        Domain = self.env["mail.alias.domain"]
        if Domain._crmsol_is_in_use() or not self._is_batched():
            return super()._mail_get_alias_domains(default_company=default_company)
        return dict.fromkeys(self.ids, Domain)

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Do not look for the aliases of the records where no record has any."""
        if (
            not defaults
            or author_ids is None
            or not defaults.keys() == author_ids.keys() == set(self.ids)
            or self.env["mail.alias"]._crmsol_is_parent(self._name)
            or not self._is_batched()
        ):
            return super()._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)
        reply_to = dict(defaults)
        by_company = defaultdict(list)
        # sudo: the address of a company that the user may not read, as in the host
        for id_, company in self.sudo()._mail_get_companies(default=self.env.company).items():
            by_company[company].append(id_)
        for company, ids in by_company.items():
            if email := company.catchall_email:
                reply_to |= {
                    id_: self._notify_get_reply_to_formatted_email(email, author_id=author_ids[id_])
                    for id_ in ids
                }
        return reply_to

    # === BUSINESS METHODS === #

    def _is_post_allowed(self, res_ids):
        """Tell whether the user may create messages, and those of all these records."""
        Message = self.env["mail.message"]
        if (
            not Message.has_access("create")
            or not self.env["ir.rule"]._compute_domain(Message._name, "create").is_true()
        ):
            return False
        allowed = Message._filter_records_for_message_operation(self._name, list(res_ids), "create")
        return set(allowed.ids) == res_ids

    def _get_tracked_properties(self):
        """Return {name of a tracked field with properties: name of the field that defines them}."""
        return {
            name: self._fields[name].definition_record
            for name in self._track_get_fields()
            if self._fields[name].type == "properties"
        }

    @api.model
    @ormcache("fnames")
    def _is_changing_properties(self, fnames):
        """Tell whether tracked properties, or where they are defined, follow from what is written.

        :param frozenset fnames: names of the fields that are written
        """
        properties = self._get_tracked_properties()
        watched = {self._fields[name] for pair in properties.items() for name in pair}
        written = {self._fields[name] for name in fnames if name in self._fields}
        return not watched.isdisjoint(
            written.union(*(self.pool.get_dependent_fields(field) for field in written))
        )

    @api.model
    def _get_postponed(self):
        """Return the ids of those whose properties are to be read before they change."""
        key = f"crmsol.tracking.postponed.{self._name}"
        return self.env.cr.precommit.data.setdefault(key, set())

    def _track_properties(self):
        """Keep the properties that the records have still, to tell later what has changed."""
        self._get_postponed().difference_update(self.ids)
        names = self._get_tracked_properties()
        return super()._track_prepare(names)  # pylint: disable=super-method-mismatch
