// Forms: a second press does nothing while the first is under way, passwords can be shown, proposals accepted.

const pending = new WeakMap();

// busy marks a form as under way: its button keeps its width and says so.
export function busy(form, submitter) {
  if (pending.has(form)) return false;
  const button = submitter?.matches?.("button") ? submitter : null;
  const state = { button, html: button?.innerHTML };
  pending.set(form, state);
  form.setAttribute("aria-busy", "true");
  if (button) {
    const width = button.offsetWidth;
    if (button.dataset.busy) button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
    if (width) button.style.minInlineSize = `${width}px`;
  }
  return true;
}

// idle takes the mark off again.
export function idle(form) {
  const state = pending.get(form);
  if (!state) return;
  pending.delete(form);
  form.removeAttribute("aria-busy");
  if (state.button) {
    state.button.innerHTML = state.html;
    state.button.removeAttribute("aria-disabled");
    state.button.style.minInlineSize = "";
  }
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (!busy(form, event.submitter)) event.preventDefault();
});

// The browser kept the page as it was left: nothing is under way any more.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) idle(form);
});

addEventListener("click", (event) => {
  // Show what is typed in a password field, and say so.
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) {
    const field = document.getElementById(reveal.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    reveal.setAttribute("aria-pressed", String(!shown));
  }

  // A proposal goes into its field; the form is not sent, so that everything can still be read over.
  const proposal = event.target.closest("[data-propose]");
  if (proposal) {
    const field = document.getElementById(proposal.dataset.propose);
    if (!field) return;
    event.preventDefault();
    const value = proposal.value.slice(proposal.value.indexOf("=") + 1), box = document.getElementById(`${field.id}-${value}`) ?? field;
    if (/radio|checkbox/.test(box.type)) box.checked = true;
    else box.value = value;
    field.removeAttribute("aria-invalid");
    proposal.closest(".error")?.remove();
    box.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // « Tout sélectionner » ticks the boxes of its form.
  const all = event.target.closest("input[data-all]");
  if (all) for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
});
