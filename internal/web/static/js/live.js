// What follows while somebody types: lists under a search field (data-live); checks of a field or fieldset
// (data-check), whose answer goes into the element of its id with «-check»; what a new password is worth (data-weigh),
// which goes into «-strength». A password is posted, to our own server alone: no address ever holds one.

import { byItself, filled, swap } from "./swap.js";

// ms without a key
const patience = 250;

const timers = new WeakMap();
const latest = new WeakMap();

// later runs the work once the typing stops; only the last of several answers counts.
function later(key, work) {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(async () => {
    latest.get(key)?.abort();
    const control = new AbortController();
    latest.set(key, control);
    try {
      await work(control.signal);
    } catch {
      // The list stays as it was; pressing the button searches the usual way.
    }
  }, patience));
}

addEventListener("input", (event) => {
  const form = event.target.closest("form[data-live]");
  if (form && event.target.type === "search") {
    later(form, async (signal) => {
      const url = new URL(form.action, location.href);
      url.search = filled(new FormData(form));
      if (await swap(url, form.dataset.live, { signal, headers: byItself })) history.replaceState(null, "", url);
    });
  }

  const field = event.target.closest("[data-check]");
  if (field) {
    later(field, async (signal) => {
      const url = new URL(field.dataset.check, location.href);
      for (const control of field.elements ?? [field]) if (control.name) url.searchParams.set(control.name, control.value);
      await ask(url, `${field.id}-check`, { signal });
    });
  }

  const chosen = event.target.closest("[data-weigh]");
  if (chosen) {
    later(chosen, async (signal) => {
      const id = `${chosen.id}-strength`;
      if (chosen.value) await ask(chosen.dataset.weigh, id, { signal, method: "POST", body: new URLSearchParams({ password: chosen.value }) });
      else document.getElementById(id)?.replaceChildren();
    });
  }
});

// ask puts what the server says into the place of that id.
async function ask(url, id, options) {
  const response = await fetch(url, { ...options, headers: { ...byItself, "X-Fragment": id }, credentials: "same-origin" });
  const place = document.getElementById(id);
  if (!response.ok || !place) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  place.replaceChildren(...page.body.childNodes);
}
