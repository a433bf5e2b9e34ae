import { RelationalModel } from "@web/model/relational_model/relational_model";
import { extractFieldsFromArchInfo } from "@web/model/relational_model/utils";

/** Attributes that are no expressions: words in them are not names of fields. */
const TEXTS = ["name", "string", "help", "title", "sum", "avg"];

/**
 * @param {Object} archInfo of a list
 * @param {Object} fields
 * @param {(column: Object) => boolean} isShown of an optional column
 * @returns {Object} the active fields but those of hidden columns, as far as nothing shown, such
 *  as a decoration or the domain of another column, depends on them
 */
export function getShownActiveFields(archInfo, fields, isShown) {
    const columns = archInfo.columns.filter((column) => column.type === "field");
    const hidden = new Set(columns.map((column) => column.name));
    const show = (name) => hidden.delete(name);
    // what the server has added, others need: it is kept if they are shown
    const added = [...archInfo.xmlDoc.querySelectorAll("field[data-used-by]")];
    const addedNames = added.map((node) => node.getAttribute("name"));
    columns
        .filter((column) => (column.optional ? isShown(column) : !addedNames.includes(column.name)))
        .forEach((column) => show(column.name));
    let size;
    do {
        size = hidden.size;
        getTerms(archInfo.xmlDoc, fields, hidden).forEach(show);
    } while (hidden.size < size); // what is kept may depend on others in turn
    const fieldNodes = Object.values(archInfo.fieldNodes).filter(({ name }) => !hidden.has(name));
    return extractFieldsFromArchInfo({ ...archInfo, fieldNodes }, fields).activeFields;
}

function getTerms(xmlDoc, fields, hidden) {
    const texts = [xmlDoc, ...xmlDoc.querySelectorAll("*")].flatMap((node) => {
        const name = node.tagName === "field" && node.getAttribute("name");
        const isText = (attr) => TEXTS.includes(attr.name) || attr.name.startsWith("data-");
        const attributes = [...node.attributes].filter((attr) => !isText(attr));
        return hidden.has(name)
            ? []
            : [...attributes.map((attr) => attr.value), name && fields[name]?.domain];
    });
    return new Set(
        texts
            .filter((text) => typeof text === "string")
            .join(" ")
            .match(/\w+/g)
    );
}

/**
 * The key under which the browser keeps the user's choice of columns. The host makes it of the
 * fields that are read; here it is the same, whatever of them is read.
 */
export function getColumnsKey(resModel, viewId, archInfo, fields) {
    const { activeFields } = extractFieldsFromArchInfo(archInfo, { ...fields });
    return [resModel, "list", viewId, ...Object.keys(activeFields).sort()].join(",");
}

/**
 * The host's, with columns that are read when they are shown: what some of those of an opportunity
 * show takes the server longer than all the others.
 */
export class OpportunityListModel extends RelationalModel {
    setup(params, ...args) {
        super.setup(params, ...args);
        this.getShownActiveFields = params.getShownActiveFields;
    }

    /** Read a column that was hidden, and leave the page and the selection as they are. */
    async readColumn(name) {
        const { activeFields, fieldsToAggregate } = this.config;
        const more = this.getShownActiveFields(
            (column) => column.name === name || column.name in activeFields
        );
        const added = Object.keys(more).filter((fieldName) => !(fieldName in activeFields));
        // the lists of all groups share the two
        added.forEach((fieldName) => (activeFields[fieldName] = more[fieldName]));
        fieldsToAggregate.push(...added);
        const selected = new Set(this.root.selection.map((record) => record.resId));
        const { isDomainSelected } = this.root;
        try {
            await this.load();
        } catch (error) {
            added.forEach((fieldName) => delete activeFields[fieldName]);
            fieldsToAggregate.splice(-added.length);
            throw error;
        }
        const isSelected = (record) => selected.has(record.resId);
        this.root.records.filter(isSelected).forEach((record) => record.toggleSelection(true));
        if (isDomainSelected) {
            this.root.selectDomain(true);
        }
    }
}
