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
