// Partial updates: a link or form with data-fragment="id" is fetched, and the element of that id replaced by the
// one of the same id in the answer (a fragment or a whole page). On any trouble the browser simply goes there.

import { busy, idle } from "./forms.js";
import { openAll } from "./dialogs.js";

// byItself tells the server that nobody pressed anything: what it has to say about an act waits for that act's page.
export const byItself = { "X-By-Itself": "1" };

// swap fetches and replaces; it tells whether it did. The header asks the server for the part alone.
export async function swap(url, id, options = {}) {
  const before = document.getElementById(id);
  if (!before) return false;
  before.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, {
      ...options,
      headers: { ...options.headers, "X-Fragment": id },
      credentials: "same-origin",
    });
    const html = await response.text();
    const page = new DOMParser().parseFromString(html, "text/html");
    const after = page.getElementById(id);
    if (!after) return beside(page) || elsewhere(response, page) || trouble(response, page, before);
    replace(before, after);
    toasts(page);
    return true;
  } finally {
    document.getElementById(id)?.removeAttribute("aria-busy");
  }
}

// replace puts the new part in place. The focus goes where it helps: to a dialog that opened, to the summary of
// faults, to the control that had it, to what the part marks with data-focus.
function replace(before, after) {
  const active = document.activeElement;
  const held = before.contains(active) ? active.id || active.name : "";
  const stood = !held && before.contains(active) && active.matches("a, button") ? place(active) : "";
  const caret = held && active.selectionStart !== undefined ? active.selectionStart : null;
  before.replaceWith(after);
  dispatchEvent(new Event("swapped"));
  single(after);
  openAll(after);
  if (after.querySelector("dialog:modal")) return;
  const again = held
    ? after.querySelector(`#${CSS.escape(held)}, [name="${CSS.escape(held)}"]`)
    : stood && [...after.querySelectorAll("a, button")].find((e) => place(e) === stood);
  const target = after.querySelector(".error-summary") ?? (again || null);
  if (target) target.focus();
  else if (!document.activeElement || document.activeElement === document.body) after.querySelector("[data-focus]")?.focus();
  if (again && caret !== null && /^(text|search|tel|password|textarea)$/.test(again.type)) again.setSelectionRange(caret, caret);
}

// place is by what a link or button without an id is known again: its words, and the group that it stands in.
function place(e) {
  const group = e.closest("[role=group], nav");
  return `${group?.getAttribute("aria-labelledby") ?? group?.getAttribute("aria-label")} ${e.textContent.trim()}`;
}

// single keeps a mark that only one thing can bear (data-one) where the new part shows it.
function single(after) {
  for (const mark of after.querySelectorAll("[data-one]")) {
    for (const other of document.querySelectorAll(`[data-one="${CSS.escape(mark.dataset.one)}"]`)) {
      if (!after.contains(other)) other.remove();
    }
  }
}

// beside takes an answer that is another part of this page: a dialog again, with what is wrong in it.
function beside(page) {
  const after = page.querySelector("main") ? null : page.body.firstElementChild;
  const before = after?.id && document.getElementById(after.id);
  if (!before) return false;
  replace(before, after);
  return true;
}

// elsewhere follows an answer that led to another page, toasts and all, as if the browser had gone there.
function elsewhere(response, page) {
  if (!response.redirected) return false;
  if (!page.querySelector("main")) {
    location.assign(response.url);
    return true;
  }
  show(response.url, page);
  return true;
}

// show puts a whole page in place of this one, as if the browser had gone there. The focus goes to what is wrong, else to
// its main part.
export function show(address, page) {
  if (address !== location.href) {
    history.pushState(null, "", address);
    shown = location.pathname;
  }
  document.title = page.title;
  document.body.replaceWith(page.body);
  dispatchEvent(new Event("swapped"));
  openAll(document.body);
  scrollTo(0, 0);
  (document.querySelector(".error-summary") ?? document.querySelector("main")).focus();
}

// toasts moves what the server says beside the part into the bar, where it is read out.
function toasts(page) {
  const place = document.querySelector(".toasts");
  const news = page.querySelectorAll(".toast");
  if (place && news.length) place.replaceChildren(...news);
}

// trouble shows a refusal where the part would have been; false leaves it to the browser.
function trouble(response, page, before) {
  const notice = page.querySelector("[data-refusal]");
  if (!notice || response.status === 401) return false;
  before.querySelector("[data-refusal]")?.remove();
  before.prepend(notice);
  notice.focus();
  return true;
}

// filled is a form as a query that says only what was chosen, for the address bar.
export function filled(data) {
  return new URLSearchParams([...data].filter(([, value]) => value !== ""));
}

addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-fragment]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    if (!(await swap(link.href, link.dataset.fragment))) location.assign(link.href);
    else if (!link.hasAttribute("data-silent")) history.replaceState(null, "", link.href);
  } catch {
    location.assign(link.href);
  }
});

addEventListener("submit", async (event) => {
  const form = event.target;
  const id = form.dataset.fragment;
  if (!id || event.defaultPrevented) return;
  const submitter = event.submitter;
  const post = form.method === "post";
  const data = new FormData(form, submitter);
  // files go the usual way
  if ([...data.values()].some((value) => value instanceof File)) return;
  event.preventDefault();
  const url = new URL(submitter?.getAttribute("formaction") ?? form.action, location.href);
  const query = new URLSearchParams(data);
  try {
    if (post && !busy(form, submitter)) return;
    if (!post) url.search = filled(data);
    if (!(await swap(url, id, post ? { method: "POST", body: query } : {}))) throw new Error("not swapped");
    if (!post) history.replaceState(null, "", url);
  } catch {
    if (post) resubmit(form, submitter);
    else location.assign(url);
  } finally {
    idle(form);
  }
}, true);

// The page before one that elsewhere put in place is loaded anew when the reader goes back to it.
let shown = null;
addEventListener("popstate", () => {
  if (shown && location.pathname !== shown) location.reload();
});

// resubmit sends the form the usual way. Only an answer of « sign in again » or none at all leads here; the
// server takes a repeated form for the one it is.
function resubmit(form, submitter) {
  form.removeAttribute("data-fragment");
  idle(form);
  form.requestSubmit(submitter?.form === form ? submitter : null);
}
