import js from "@eslint/js";
import globals from "globals";

export default [
    js.configs.recommended,
    {
        files: ["crmsol_*/static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            // what Odoo's bundles define; everything else is imported (@odoo/..., @web/...)
            globals: { ...globals.browser, Chart: "readonly", luxon: "readonly", odoo: "readonly" },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            curly: "error",
            eqeqeq: ["error", "always", { null: "ignore" }],
            "no-restricted-syntax": [
                "error",
                {
                    selector: "AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]",
                    message: "Markup goes through templates.",
                },
            ],
            "no-undef": "error",
            "no-unused-vars": ["error", { args: "after-used" }],
            "no-var": "error",
            "prefer-const": "error",
        },
    },
];
