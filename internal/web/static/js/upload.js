// Files on their way: how far they are, and what is too large before it is sent. Without a script the browser sends the
// form as it sends any.

import { busy, idle } from "./forms.js";
import { show } from "./swap.js";

// A file that would be refused for its size is not sent at all.
addEventListener("change", (event) => {
  const field = event.target.closest?.("input[type=file][data-largest]");
  if (!field) return;
  const large = [...field.files].some((file) => file.size > Number(field.dataset.largest));
  field.setCustomValidity(large ? field.dataset.tooLarge : "");
  if (large) field.reportValidity();
});

// Files dropped anywhere on a form with a place for them are those that are chosen in it.
for (const type of ["dragover", "drop"]) {
  addEventListener(type, (event) => {
    const field = event.target.closest?.("form")?.querySelector("input.drop");
    if (!field || event.target === field || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (type !== "drop") return;
    const chosen = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, field.multiple ? undefined : 1)) chosen.items.add(file);
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

addEventListener("submit", (event) => {
  const form = event.target;
  const place = form.querySelector("[data-sending]");
  if (!place || event.defaultPrevented) return;
  const data = new FormData(form, event.submitter);
  if (![...data.values()].some((value) => value instanceof File && value.size)) return;
  event.preventDefault();
  if (busy(form, event.submitter)) send(form, place, data, event.submitter?.getAttribute("formaction") ?? form.action);
}, true);

// send posts the form and shows how far it is; the answer takes the page's place, wherever it led.
function send(form, place, data, address) {
  const bar = place.querySelector("progress");
  const said = place.querySelector("[data-said]");
  const request = new XMLHttpRequest();
  place.hidden = false;
  bar.hidden = false;
  bar.value = 0;
  said.textContent = said.dataset.sendingText;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = Math.floor((100 * event.loaded) / event.total);
  });
  request.addEventListener("load", () => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (page.querySelector("main")) show(request.responseURL, page);
    else location.assign(request.responseURL);
  });
  request.addEventListener("error", () => {
    idle(form);
    bar.hidden = true;
    said.textContent = place.dataset.broken;
  });
  request.open("POST", address);
  request.send(data);
}
