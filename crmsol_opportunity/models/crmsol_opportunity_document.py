from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

PAGE_SIZE = 40
MAX_PAGE_SIZE = 100


class CrmsolOpportunity(models.Model):
    """The files of the negotiation, wherever they were attached."""

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    @api.readonly
    def get_documents(self, before=None, limit=PAGE_SIZE):
        """Return a page of the files of the opportunity, its messages, actions and quotations.

        :param int before: the ``next`` of the page before; the newest files without it
        :param int limit: how many files
        :return: ``documents`` (newest first), ``next`` (false on the last page), ``can_upload``
            and, on the first page, ``total``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        limit = self._check_page(limit)
        if before is not None and (not isinstance(before, int) or isinstance(before, bool)):
            raise UserError(self.env._("This page does not exist. Reload the list."))
        query = self._get_document_query()
        total = len(query) if before is None else False
        if before is not None:
            query = self._get_document_query(Domain("id", "<", before))
        query.order = "id DESC"
        query.limit = limit + 1
        ids = [id_ for (id_,) in self.env.execute_query(query.select())]
        return {
            "documents": self._format_documents(ids[:limit]),
            "next": ids[limit - 1] if len(ids) > limit else False,
            "total": total,
            "can_upload": self.has_access("write"),
        }

    def _check_page(self, limit):
        """Return the size of a page that a client asked for, within bounds."""
        if not isinstance(limit, int) or limit < 1:
            raise UserError(self.env._("This page does not exist. Reload the list."))
        return min(limit, MAX_PAGE_SIZE)

    def _get_document_query(self, domain=Domain.TRUE):
        """Return the query of the files that the reader of the opportunity may read.

        The caller has checked that the user reads the opportunity. With it come its own files and
        those of its messages and actions, as in the host; quotations and their messages only as
        far as the rules of ``sale.order`` let the user read them.
        """
        self.ensure_one()
        orders = self._get_readable_order_query().subselect()
        messages = self._get_message_query(self._name, SQL("(%s)", self.id)).subselect()
        order_messages = self._get_message_query("sale.order", orders).subselect()
        activities = SQL(
            "(SELECT id FROM mail_activity WHERE res_model = %s AND res_id = %s)",
            self._name,
            self.id,
        )
        # one sub-select a place, each by its index: with OR the whole table would be read
        ids = SQL(
            """
            SELECT id FROM ir_attachment WHERE res_model = %(model)s AND res_id = %(id)s
            UNION
            SELECT id FROM ir_attachment WHERE res_model = 'sale.order' AND res_id IN %(orders)s
            UNION
            SELECT id FROM ir_attachment WHERE res_model = 'mail.message' AND res_id IN %(messages)s
            UNION
            SELECT id FROM ir_attachment
             WHERE res_model = 'mail.message' AND res_id IN %(order_messages)s
            UNION
            SELECT id FROM ir_attachment
             WHERE res_model = 'mail.activity' AND res_id IN %(activities)s
            UNION
            SELECT attachment_id FROM message_attachment_rel WHERE message_id IN %(messages)s
            UNION
            SELECT attachment_id FROM message_attachment_rel WHERE message_id IN %(order_messages)s
            UNION
            SELECT attachment_id FROM activity_attachment_rel WHERE activity_id IN %(activities)s
            """,
            model=self._name,
            id=self.id,
            orders=orders,
            messages=messages,
            order_messages=order_messages,
            activities=activities,
        )
        Attachment = self.env["ir.attachment"]
        domain &= Domain("res_field", "=", False)
        domain &= self.env["ir.rule"]._compute_domain("ir.attachment", "read")
        # bypass_access: the host's search reads all candidates to filter them in Python. What it
        # looks for is in the sub-selects: the document that the user may read.
        query = Attachment._search(domain, bypass_access=True)
        query.add_where("%s IN (%s)", (SQL.identifier(query.table, "id"), ids))
        return query

    def _get_readable_order_query(self):
        """Return the query of the quotations of the opportunity that the user may read."""
        self.ensure_one()
        Order = self.env["sale.order"].with_context(active_test=False)
        if not Order.has_access("read"):
            return Order.browse()._as_query()
        return Order._search(Domain("crmsol_opportunity_id", "=", self.id))

    def _get_message_query(self, model, res_ids):
        """Return the query of the messages of documents that the user may read.

        :param str model: of the documents
        :param SQL res_ids: sub-select of the documents; the user may read all of them
        """
        Message = self.env["mail.message"]
        # a notification for one person is of that person alone, as in the host's thread
        domain = Domain("model", "=", model) & Domain("message_type", "!=", "user_notification")
        if not self.env.user._is_internal():
            domain &= Message._get_search_domain_share()
        domain &= self.env["ir.rule"]._compute_domain("mail.message", "read")
        # bypass_access: the host's search reads every message of the thread to ask in Python what
        # is certain here, that the user may read its document
        query = Message._search(domain, bypass_access=True)
        query.add_where("%s IN %s", (SQL.identifier(query.table, "res_id"), res_ids))
        return query

    def _format_documents(self, ids):
        """Return files as the web client shows them, in the order given."""
        Attachment = self.env["ir.attachment"].browse(ids)
        readable = Attachment._filtered_access("read")
        writable = readable._filtered_access("write") if self.has_access("write") else readable[:0]
        origins = self._get_document_origins(Attachment)
        documents = []
        # sudo: who reads a message or an action reads its files, as in the host, even where these
        # belong to a document of their own; names of authors may be of partners not to be read
        for attachment in Attachment.sudo():
            file, origin = attachment.sudo(False), origins[attachment.id]
            documents.append(
                {
                    **self._format_file(attachment, token=file not in readable),
                    "date": attachment.create_date,
                    "author": self._format_author(attachment.create_uid.partner_id),
                    "origin": origin,
                    "document_type": self._format_document_type(attachment),
                    "note": self._get_document_note(attachment),
                    "can_edit": file in writable,
                    "can_delete": file in writable and origin["kind"] == "document",
                }
            )
        return documents

    def _get_document_note(self, attachment):
        """Return the note of a file: the host gives files of messages their name for one."""
        note = attachment.description or ""
        return "" if note == attachment.name else note

    def _format_file(self, attachment, token=False):
        """Return what the host's file viewer needs of a file.

        :param bool token: whether the user reads it through a message, not by the file's own rights
        """
        return {
            "id": attachment.id,
            "name": attachment.name,
            "mimetype": attachment.mimetype,
            "checksum": attachment.checksum,
            "file_size": attachment.file_size,
            "type": attachment.type,
            "url": attachment.url,
            "raw_access_token": token and attachment._get_raw_access_token(),
        }

    def _format_author(self, partner):
        return {"id": partner.id, "name": partner.name} if partner else False

    def _format_document_type(self, attachment):
        document_type = attachment.crmsol_document_type_id
        if not document_type:
            return False
        return {"id": document_type.id, "display_name": document_type.display_name}

    def _get_document_origins(self, attachments):
        """Tell where files were attached.

        :return: {id of the file: {"kind", "name", "res_id"}}, where the kind is document, message,
            action or quotation
        """
        attachments = attachments.sudo()  # sudo: see _format_documents
        linked = self._get_document_links(attachments)
        origins = {}
        for attachment in attachments:
            kind, res_id = linked.get(attachment.id, ("document", False))
            if attachment.res_model == "sale.order":
                kind, res_id = "quotation", attachment.res_id
            elif attachment.res_model == "mail.activity":
                kind, res_id = "action", attachment.res_id
            elif attachment.res_model == "mail.message" and kind == "document":
                kind = "message"
            origins[attachment.id] = {"kind": kind, "res_id": res_id, "name": ""}
        of_orders = [origin for origin in origins.values() if origin["kind"] == "quotation"]
        orders = self.env["sale.order"].browse({origin["res_id"] for origin in of_orders})
        names = {order.id: order.name for order in orders}
        for origin in of_orders:
            origin["name"] = names[origin["res_id"]]
        return origins

    def _get_document_links(self, attachments):
        """Return {id of a file: (kind, id of its action or quotation)} of files of messages."""
        if not attachments:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.attachment_id, m.model, m.res_id, m.mail_activity_type_id
                  FROM message_attachment_rel rel JOIN mail_message m ON m.id = rel.message_id
                 WHERE rel.attachment_id IN %(ids)s
                   AND (m.model = 'sale.order' AND m.res_id IN %(orders)s
                    OR m.model = %(model)s AND m.res_id = %(id)s)
                UNION ALL
                SELECT rel.attachment_id, 'mail.activity', a.id, NULL
                  FROM activity_attachment_rel rel JOIN mail_activity a ON a.id = rel.activity_id
                 WHERE rel.attachment_id IN %(ids)s
                   AND a.res_model = %(model)s AND a.res_id = %(id)s
                """,
                ids=attachments._ids,
                orders=self._get_readable_order_query().subselect(),
                model=self._name,
                id=self.id,
            )
        )
        links = {}
        for attachment_id, model, res_id, activity_type_id in rows:
            if model == "sale.order":
                links[attachment_id] = ("quotation", res_id)
            elif model == "mail.activity":
                links[attachment_id] = ("action", res_id)
            elif activity_type_id:
                links[attachment_id] = ("action", False)
            else:
                links.setdefault(attachment_id, ("message", False))
        return links
