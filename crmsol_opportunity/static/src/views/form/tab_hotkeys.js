import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { isVisible } from "@web/core/utils/ui";

const TABS = 8;
const LINKS = ".o_notebook_headers .nav-link";
const CONTROLS = [
    "a[href]",
    "button:not([disabled])",
    "input:not([disabled])",
    "textarea:not([disabled])",
    "[tabindex='0']",
].join(", ");

/**
 * Alt+Shift+1 to 8 open the tabs of a form and put the focus on the first control in them: by Tab
 * alone, the way leads over the header, its phases and all the other tabs.
 *
 * @param {{el: HTMLElement}} rootRef the form
 */
export function useTabHotkeys(rootRef) {
    const getLink = (index) => rootRef.el?.querySelectorAll(LINKS)[index];
    for (let index = 0; index < TABS; index++) {
        useHotkey(`alt+shift+${index + 1}`, () => openTab(getLink(index)), {
            bypassEditableProtection: true,
            isAvailable: () => Boolean(getLink(index)),
            withOverlay: () => getLink(index),
        });
    }
}

function openTab(link) {
    // what is being typed is taken over, as by a click
    document.activeElement?.blur();
    link.focus();
    const pane = link.closest(".o_notebook").querySelector(".tab-pane");
    if (link.classList.contains("active")) {
        focusFirst(pane);
        return;
    }
    const observer = new MutationObserver(() => {
        observer.disconnect();
        focusFirst(pane);
    });
    observer.observe(pane, { childList: true });
    link.click();
}

/** A tab without controls, or that loads them first, leaves the focus on its link. */
function focusFirst(pane) {
    const controls = [...pane.querySelectorAll(CONTROLS)];
    controls.find((el) => el.tabIndex >= 0 && isVisible(el))?.focus();
}
