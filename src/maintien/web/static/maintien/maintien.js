// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // A file is downloaded without leaving the page.
  setTimeout(() => delete form.dataset.sent, 3000);
});

// Said at once, rather than after sending it all: a file that is too large is refused anyway.
document.addEventListener("change", (event) => {
  const input = event.target;
  const largest = input.form && input.form.dataset.largest;
  if (input.type !== "file" || !largest) return;
  const isTooLarge = Array.from(input.files).some((file) => file.size > Number(largest));
  input.setCustomValidity(isTooLarge ? " " : "");
  document.getElementById("too-large").hidden = !isTooLarge;
});

// Whoever waited for long work, or sent a form that has mistakes, is taken to what came of it.
const WAITED = "maintien-waited";
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Refresh")) sessionStorage.setItem(WAITED, location.pathname);
});
// One box ticks all those of its table.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select-all]")) return;
  for (const box of event.target.closest("table").querySelectorAll("tbody input[type=checkbox]")) {
    box.checked = event.target.checked;
  }
});

// A link that was swapped away leaves the focus with the list that came instead.
document.addEventListener("htmx:afterSettle", (event) => {
  if (document.activeElement === document.body) event.detail.target.querySelector("[data-swapped]")?.focus();
});
document.addEventListener("DOMContentLoaded", () => {
  const waited = sessionStorage.getItem(WAITED) === location.pathname;
  sessionStorage.removeItem(WAITED);
  const result = document.querySelector("[data-result]");
  const mistakes = document.querySelector("[data-result][role=alert]");
  const goal = mistakes || (waited ? result || document.querySelector("h1") : null);
  if (!goal) return;
  goal.tabIndex = -1;
  goal.focus();
});
