// Work under way: a part with data-refresh="2" is asked for again every two seconds, as long as the part that comes
// back says so too. Nobody waits on a page that is not looked at, and nothing that somebody types or is asked is taken away.

import { swap } from "./swap.js";

async function again() {
  const part = document.querySelector("[data-refresh]");
  if (!part) return;
  if (!document.hidden && !inUse(part)) {
    try {
      await swap(location.href, part.id);
    } catch {
      // The server does not answer just now; the next time it may.
    }
  }
  later();
}

// inUse tells whether the part holds an open dialog, or a field that is not as it came.
function inUse(part) {
  return part.querySelector("dialog[open]") || [...part.querySelectorAll("input, select, textarea")].some(changed);
}

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((o) => o.selected !== o.defaultSelected) && field.selectedIndex > 0;
  return field.value !== field.defaultValue;
}

let timer = 0;

function later() {
  clearTimeout(timer);
  const part = document.querySelector("[data-refresh]");
  if (part) timer = setTimeout(again, 1000 * Number(part.dataset.refresh));
}

// What begins to work may stand in the page from the start, or come with a part of it.
addEventListener("swapped", later);
later();
