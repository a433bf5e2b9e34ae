import { FileModel } from "@web/core/file_viewer/file_model";

/**
 * @param {Object} data what the server gives of an attachment
 * @returns {FileModel} the file as the host's viewer shows it and its links download it
 */
export function toFile({ id, name, mimetype, checksum, type, url, raw_access_token }) {
    return Object.assign(new FileModel(), {
        id,
        name,
        mimetype,
        checksum,
        type,
        url,
        raw_access_token,
    });
}

/**
 * @param {number} bytes
 * @returns {string} as the user's language writes it: 1,2 MB
 */
export function formatSize(bytes) {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
    return new Intl.NumberFormat(luxon.Settings.defaultLocale, {
        style: "unit",
        unit: units[power],
        maximumFractionDigits: 1,
    }).format(bytes / 1000 ** power);
}
