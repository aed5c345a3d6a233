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

// Whoever waited for long work, or sent a form that has mistakes, is taken to what came of it.
const WAITED = "maintien-waited";
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Refresh")) sessionStorage.setItem(WAITED, location.pathname);
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
  if (mistakes) mistakes.focus();
  else if (waited) (result || document.querySelector("h1"))?.focus();
});
