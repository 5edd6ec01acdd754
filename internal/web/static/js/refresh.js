// Work under way: a part with data-refresh="2" is asked for again every two seconds, as long as the part that comes
// back says so too; from the address in data-from, or from the page's. Nobody waits on a page that is not looked at,
// and nothing that somebody types or is asked is taken away.

import { byItself, swap } from "./swap.js";

const underWay = () => [...document.querySelectorAll("[data-refresh]")];

async function again() {
  for (const part of underWay()) {
    if (document.hidden || !part.isConnected || inUse(part)) continue;
    try {
      await swap(part.dataset.from ?? location.href, part.id, { headers: byItself });
    } catch {
      // The server does not answer just now; the next time it may.
    }
  }
  later();
}

// inUse tells whether the part holds an open dialog, a field that is not as it came, or a focus that would be lost.
function inUse(part) {
  const active = document.activeElement;
  if (part.contains(active) && !active.id && !active.name) return true;
  return part.querySelector("dialog[open]") || [...part.querySelectorAll("input, select, textarea")].some(changed);
}

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const options = [...field.options];
  // else the first is chosen
  const given = options.some((o) => o.defaultSelected);
  return options.some((o, i) => o.selected !== (given ? o.defaultSelected : i === 0));
}

let timer = 0;

function later() {
  clearTimeout(timer);
  const patience = underWay().map((part) => Number(part.dataset.refresh));
  if (patience.length) timer = setTimeout(again, 1000 * Math.min(...patience));
}

// What begins to work may stand in the page from the start, or come with a part of it.
addEventListener("swapped", later);
later();
