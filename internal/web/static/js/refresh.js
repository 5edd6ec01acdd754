// Work under way: a part with data-refresh="2" is asked for again every two seconds, as long as the part that comes
// back says so too. Nobody waits on a page that is not looked at.

import { swap } from "./swap.js";

async function again() {
  const part = document.querySelector("[data-refresh]");
  if (!part) return;
  if (!document.hidden) {
    try {
      await swap(location.href, part.id);
    } catch {
      // The server does not answer just now; the next time it may.
    }
  }
  later();
}

function later() {
  const part = document.querySelector("[data-refresh]");
  if (part) setTimeout(again, 1000 * Number(part.dataset.refresh));
}

later();
