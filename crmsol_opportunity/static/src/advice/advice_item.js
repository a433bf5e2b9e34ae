import { Component, status, useComponent, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";

const MODEL = "crmsol.opportunity";

/**
 * Answers advice: one click does what it proposes, or sets it aside.
 *
 * @param {(resId: number) => Promise} reload shows the record or the page as it is now
 * @returns {{plan: Function, dismiss: Function}}
 */
export function useAdvice(reload) {
    const component = useComponent();
    // not by useService: a notification's button works after its page was left, too
    const { orm, action, notification } = component.env.services;

    async function show(resId) {
        if (status(component) !== "destroyed") {
            await reload(resId);
        }
    }

    async function call(method, resId, { code, mark }) {
        try {
            return await orm.call(MODEL, method, [resId, code, mark]);
        } catch (error) {
            await show(resId); // what could not be done is shown as it is
            throw error;
        }
    }

    async function edit(activityId, resId) {
        await action.doActionButton({
            type: "object",
            name: "action_crmsol_edit",
            resModel: "mail.activity",
            resId: activityId,
            onClose: () => show(resId),
        });
    }

    async function plan(resId, advice) {
        const answer = await call("apply_advice", resId, advice);
        if (answer.action) {
            return action.doAction(answer.action, { onClose: () => show(resId) });
        }
        await show(resId);
        const isDone = Boolean(answer.activity_id);
        const close = notification.add(answer.message, {
            type: isDone ? "success" : "warning",
            buttons: isDone
                ? [
                      {
                          name: _t("Open it"),
                          onClick: () => {
                              close();
                              return edit(answer.activity_id, resId);
                          },
                      },
                  ]
                : [],
        });
    }

    async function dismiss(resId, advice) {
        const answer = await call("dismiss_advice", resId, advice);
        await show(resId);
        const close = notification.add(answer.message, {
            type: answer.dismissed ? "info" : "warning",
            buttons: answer.dismissed
                ? [
                      {
                          name: _t("Undo"),
                          onClick: async () => {
                              close();
                              await call("restore_advice", resId, advice);
                              await show(resId);
                          },
                      },
                  ]
                : [],
        });
    }

    return { plan, dismiss };
}

/** A piece of advice: the sentence with its fact, what one click does, and the two buttons. */
export class AdviceItem extends Component {
    static template = "crmsol_opportunity.AdviceItem";
    static props = { advice: Object, onPlan: Function, onDismiss: Function };

    setup() {
        this.state = useState({ isBusy: false });
    }

    /** @returns {string} what the button does, in a word or two */
    get label() {
        return this.props.advice.is_move ? _t("Move it") : _t("Plan it");
    }

    /** @returns {string} the same for who does not see what is beside it */
    get longLabel() {
        return `${this.label}: ${this.props.advice.proposal}`;
    }

    /** A second click while the first one is on its way does nothing. */
    async answer(callback) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            await callback();
        } finally {
            this.state.isBusy = false;
        }
    }
}
