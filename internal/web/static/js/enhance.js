// Entregent: what a browser with JavaScript adds to pages that already work without it.
// One listener a kind of event, on the document, so that parts fetched later need no set-up.

import "./dialogs.js";
import "./forms.js";
import "./swap.js";
import "./live.js";
import "./refresh.js";
import "./bell.js";

// What few pages need is fetched by those alone, and when a part that comes later needs it.
function fetchWhatIsNeeded() {
  if (document.querySelector("input[type=file]")) import("./upload.js");
  if (document.querySelector("[data-copies]")) import("./copy.js");
}
addEventListener("swapped", fetchWhatIsNeeded);
fetchWhatIsNeeded();

// "/" goes to the search field, unless somebody is typing or a dialog is open; once the key is up again, so that
// it writes nothing there.
let called = false;
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (!document.querySelector("[data-search]") || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  called = true;
});
addEventListener("keyup", () => {
  if (called) document.querySelector("[data-search]")?.focus();
  called = false;
});

addEventListener("click", (event) => {
  // A toast goes when its cross is pressed; it never goes by itself while somebody may still be reading it.
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();

  if (event.target.closest("[data-print]")) print();
});

// A form that was kept while its author signed in stands at the address where it was typed.
const address = document.documentElement.dataset.address;
if (address) history.replaceState(null, "", address);

// A page that came back with faults puts the reader at their summary.
document.querySelector(".error-summary")?.focus();

// The tab that is shown stands in view, also where the row of tabs is wider than the window.
const tab = document.querySelector('.tabs [aria-current="page"]');
const row = tab?.closest(".tabs");
if (row) row.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - row.getBoundingClientRect().right);
