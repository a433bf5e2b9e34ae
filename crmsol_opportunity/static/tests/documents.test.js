import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { setInputFiles } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

class Opportunity extends models.Model {
    _name = "crmsol.opportunity";
    name = fields.Char();
    _records = [{ id: 1, name: "Deal" }];
}

class DocumentType extends models.Model {
    _name = "crmsol.document.type";
    name = fields.Char();
    _records = [{ id: 5, name: "Contract" }];
}

defineMailModels();
defineModels([Opportunity, DocumentType]);

function makeDocument(id, values = {}) {
    return {
        id,
        name: `file ${id}.txt`,
        mimetype: "text/plain",
        checksum: "abc",
        file_size: 1234567,
        type: "binary",
        url: false,
        raw_access_token: false,
        date: "2026-03-10 10:00:00",
        author: { id: 3, name: "Anna" },
        origin: { kind: "document", name: "", res_id: false },
        document_type: false,
        note: "",
        can_edit: true,
        can_delete: true,
        ...values,
    };
}

async function mountDocuments(documents, values = {}) {
    const page = { documents, next: false, total: documents.length, can_upload: true, ...values };
    onRpc("crmsol.opportunity", "get_documents", () => page);
    await mountView({
        type: "form",
        resModel: "crmsol.opportunity",
        resId: 1,
        arch: `<form><widget name="crmsol_documents"/></form>`,
    });
    await animationFrame();
}

test("each file tells where it belongs, its size and who added it", async () => {
    await mountDocuments([
        makeDocument(1),
        makeDocument(2, { origin: { kind: "message", name: "", res_id: false } }),
        makeDocument(3, { origin: { kind: "action", name: "", res_id: 4 } }),
        makeDocument(4, { origin: { kind: "quotation", name: "S00021", res_id: 21 } }),
    ]);
    for (const [index, label] of ["Document", "Message", "Action", "Quotation S00021"].entries()) {
        expect(`.o_crmsol_origin:eq(${index})`).toHaveText(label);
    }
    expect(".o_crmsol_document:first").toHaveText(/Anna · .* · 1.2 MB/);
});

test("without files it says what the tab is for", async () => {
    await mountDocuments([]);
    expect(".o_crmsol_documents_empty").toHaveText(/upload them or drop them here/);
    expect(".o_crmsol_upload").toHaveCount(1);
});

test("a reader can neither upload nor change anything", async () => {
    await mountDocuments([makeDocument(1, { can_edit: false, can_delete: false })], {
        can_upload: false,
    });
    expect(".o_crmsol_upload, .o_crmsol_documents input, .o_crmsol_documents select").toHaveCount(
        0
    );
    expect(".o_crmsol_document .fa-trash").toHaveCount(0);
    expect(".o_crmsol_document .fa-download").toHaveCount(1);
});

test("empty and oversized files are refused by name, the others are uploaded", async () => {
    patchWithCleanup(session, { max_file_upload_size: 1000 });
    mockService("mail.attachment_upload", {
        upload: (thread, composer, file) => expect.step(`upload ${file.name} ${thread.id}`),
    });
    mockService("notification", { add: (message) => expect.step(message) });
    await mountDocuments([]);
    await contains(".o_crmsol_upload").click();
    await setInputFiles([
        new File([""], "empty.txt"),
        new File(["x".repeat(2000)], "big.txt"),
        new File(["content"], "good.txt"),
    ]);
    await animationFrame();
    expect.verifySteps([
        "The file “empty.txt” is empty (0 bytes), so there is nothing to keep. Choose a file with content.",
        "The file “big.txt” has 2 kB, and at most 1 kB are accepted. Reduce it, or share a link to it in a note.",
        "upload good.txt 1",
    ]);
});

test("type and note are written in place", async () => {
    onRpc("ir.attachment", "write", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountDocuments([makeDocument(7)]);
    await contains(".o_crmsol_document select").select("5");
    await contains(".o_crmsol_document_note input").edit("Signed");
    expect.verifySteps([
        [[7], { crmsol_document_type_id: 5 }],
        [[7], { description: "Signed" }],
    ]);
});

test("a type no longer in use stays shown on the file that has it", async () => {
    await mountDocuments([makeDocument(1, { document_type: { id: 9, display_name: "Old" } })]);
    expect(".o_crmsol_document select").toHaveValue("9");
    expect(".o_crmsol_document option:checked").toHaveText("Old");
});

test("a file is deleted after a question only", async () => {
    mockService("mail.attachment_upload", { unlink: ({ id }) => expect.step(`delete ${id}`) });
    await mountDocuments([makeDocument(7)]);
    await contains(".o_crmsol_document .fa-trash").click();
    expect(".modal").toHaveText(/“file 7.txt” will be deleted/);
    expect.verifySteps([]);
    await contains(".modal .btn-danger").click();
    expect.verifySteps(["delete 7"]);
});
