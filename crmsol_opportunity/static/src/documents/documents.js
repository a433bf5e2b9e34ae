import { Component, useRef, useState } from "@odoo/owl";

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { DEFAULT_MAX_FILE_SIZE } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useThreadReload } from "../thread_reload/thread_reload";
import { formatSize, toFile } from "./document_file";

/**
 * The files of an opportunity, of its messages, actions and quotations: to add, look at, describe
 * and delete. They are the host's attachments, and go through its upload service, so that the
 * chatter counts the same.
 */
export class Documents extends Component {
    static template = "crmsol_opportunity.Documents";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.store = useService("mail.store");
        this.uploader = useService("mail.attachment_upload");
        this.fileViewer = useFileViewer();
        this.keepLast = new KeepLast();
        this.input = useRef("input");
        this.state = useState({
            documents: [],
            types: [],
            next: false,
            total: 0,
            canUpload: false,
            loading: true,
            uploading: 0,
        });
        this.formatSize = formatSize;
        useDropzone(
            useRef("root"),
            (ev) => this.upload(ev.dataTransfer.files),
            "o_crmsol_documents_dropzone",
            () => this.state.canUpload
        );
        useThreadReload(this, (resId) => this.load(resId));
    }

    get resId() {
        return this.props.record.resId;
    }

    get totalLabel() {
        const { total } = this.state;
        return total === 1 ? _t("1 file") : _t("%(total)s files", { total });
    }

    get originLabels() {
        return {
            document: _t("Document"),
            message: _t("Message"),
            action: _t("Action"),
            quotation: _t("Quotation"),
        };
    }

    originLabel({ kind, name }) {
        return name ? `${this.originLabels[kind]} ${name}` : this.originLabels[kind];
    }

    formatDate(date) {
        return toLocaleDateTimeString(deserializeDateTime(date), {
            showDate: true,
            showTime: true,
            showSeconds: false,
        });
    }

    /** The types to choose from; with the one that is set, even if it is no longer in use. */
    typeOptions({ document_type }) {
        const known = this.state.types.some((type) => type.id === document_type.id);
        return document_type && !known ? [...this.state.types, document_type] : this.state.types;
    }

    async load(resId = this.resId) {
        if (!resId) {
            return;
        }
        const [page, types] = await this.keepLast.add(
            Promise.all([
                this.orm.call(this.props.record.resModel, "get_documents", [[resId]]),
                this.orm.searchRead("crmsol.document.type", [], ["display_name"]),
            ])
        );
        Object.assign(this.state, {
            documents: page.documents,
            next: page.next,
            total: page.total,
            canUpload: page.can_upload && !this.props.readonly,
            types,
            loading: false,
        });
    }

    async loadMore() {
        const page = await this.keepLast.add(
            this.orm.call(this.props.record.resModel, "get_documents", [[this.resId]], {
                before: this.state.next,
            })
        );
        this.state.documents.push(...page.documents);
        this.state.next = page.next;
    }

    onInputChange(ev) {
        const files = [...ev.target.files];
        ev.target.value = ""; // so that the same file can be chosen again
        return this.upload(files);
    }

    /** @param {Iterable<File>} files those that cannot be kept are refused, the others uploaded */
    async upload(files) {
        const accepted = [...files].filter((file) => this.checkFile(file));
        const thread = this.store.Thread.insert({
            model: this.props.record.resModel,
            id: this.resId,
        });
        this.state.uploading += accepted.length;
        for (const file of accepted) {
            try {
                await this.uploader.upload(thread, undefined, file);
            } finally {
                this.state.uploading--;
            }
        }
        if (accepted.length) {
            await this.load();
        }
    }

    /** @returns {boolean} whether the file can be kept; if not, the user is told why */
    checkFile({ name, size }) {
        const max = session.max_file_upload_size || DEFAULT_MAX_FILE_SIZE;
        let refusal;
        if (!size) {
            refusal = _t(
                "The file “%(name)s” is empty (0 bytes), so there is nothing to keep. Choose a file with content.",
                { name }
            );
        } else if (size > max) {
            refusal = _t(
                "The file “%(name)s” has %(size)s, and at most %(max)s are accepted. Reduce it, or share a link to it in a note.",
                { name, size: formatSize(size), max: formatSize(max) }
            );
        }
        if (refusal) {
            this.notification.add(refusal, { type: "danger" });
        }
        return !refusal;
    }

    open(document) {
        const files = this.state.documents.map(toFile);
        const file = files.find(({ id }) => id === document.id);
        if (file.isViewable) {
            this.fileViewer.open(file, files);
        } else {
            window.location.assign(file.downloadUrl);
        }
    }

    downloadUrl(document) {
        return toFile(document).downloadUrl;
    }

    openQuotation({ origin }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: origin.res_id,
            views: [[false, "form"]],
        });
    }

    setType(document, value) {
        return this.write(document, { crmsol_document_type_id: parseInt(value) || false });
    }

    setNote(document, value) {
        return this.write(document, { description: value.trim() || false });
    }

    async write(document, values) {
        try {
            await this.orm.write("ir.attachment", [document.id], values);
        } finally {
            await this.load(); // what is kept, also after a refusal
        }
    }

    delete(document) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Delete the file?"),
            body: _t("“%(name)s” will be deleted for everybody. It cannot be restored.", {
                name: document.name,
            }),
            confirmLabel: _t("Delete"),
            confirmClass: "btn-danger",
            confirm: async () => {
                await this.uploader.unlink(this.store["ir.attachment"].insert({ id: document.id }));
                await this.load();
            },
            cancel: () => {},
        });
    }
}

export const documents = {
    component: Documents,
    additionalClasses: ["w-100"],
};

registry.category("view_widgets").add("crmsol_documents", documents);
