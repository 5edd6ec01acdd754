// A button that copies what a field holds: «data-copies» names the field, «data-copied» is what it says then.

if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;

addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(field.value);
    button.querySelector("span").textContent = button.dataset.copied;
  } catch {
    field.focus(); // the browser does not let us: whoever reads this copies by hand
    field.select();
  }
});
