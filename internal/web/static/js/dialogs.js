// Dialogs and menus where the browser does not know invoker commands yet, and dialogs that a page opens by itself.

const invokers = "command" in HTMLButtonElement.prototype;

// show makes a dialog modal and puts the reader where it helps: at the first field that is wrong, else at the
// summary of faults, else where the dialog's own autofocus says.
export function show(dialog) {
  if (!dialog || dialog.open) return;
  const menu = document.activeElement?.closest("[popover]")?.id;
  dialog.showModal();
  if (menu) dialog.addEventListener("close", () => backTo(menu, dialog));
  (dialog.querySelector('[aria-invalid="true"]') ?? dialog.querySelector(".error-summary"))?.focus();
}

// backTo leads from a dialog that a menu's link has opened to the menu's button: the link is hidden by then.
function backTo(menu, dialog) {
  const at = document.activeElement;
  if (at === document.body || dialog.contains(at)) document.querySelector(`[popovertarget="${CSS.escape(menu)}"]`)?.focus();
}

addEventListener("click", (event) => {
  const button = event.target.closest("button[command]");
  if (!button || invokers) return;
  const target = document.getElementById(button.getAttribute("commandfor"));
  if (button.getAttribute("command") === "show-modal") show(target);
  if (button.getAttribute("command") === "close") target?.close();
});

// A link with data-dialog opens the dialog of that id when the page holds it; else it is followed.
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  show(dialog);
});

// A press on the scrim closes a dialog that holds no form.
addEventListener("click", (event) => {
  if (event.target.matches?.("dialog:modal") && !event.target.querySelector("form")) event.target.close();
});

// openAll makes those dialogs modal that came with the page or a part of it, opened.
export function openAll(root) {
  for (const dialog of root.querySelectorAll("dialog[data-open]")) {
    dialog.removeAttribute("data-open");
    dialog.close();
    show(dialog);
  }
}

openAll(document);
