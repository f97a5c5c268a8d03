// What the pages do beyond links and forms; everything works without it.
"use strict";

// An open menu closes when something else is clicked, and with Escape.
const openMenus = () => document.querySelectorAll("details.dropdown[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The ways, where they are a drawer over the page: the keyboard goes on in them and not behind, until Escape.
const ways = document.getElementById("ways");
const drawn = () => {
  const over = ways.checked && getComputedStyle(ways).display !== "none";
  document.querySelector(".drawer-content").inert = over;
  return over;
};
if (ways) {
  ways.addEventListener("change", () => {
    if (drawn()) document.querySelector(".ways a").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawn()) return;
    ways.checked = false;
    drawn();
    ways.focus();
  });
  addEventListener("resize", drawn);
}

// A form that was sent is not sent again by the same click. The server would answer the second one with
// the first receipt; this only spares the wait. Coming back with the back button frees the form again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// <button data-copy="text"> puts its text into the clipboard and says so for a moment.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("btn-success");
  setTimeout(() => button.classList.remove("btn-success"), 1200);
});

// <button data-print> prints the page, as the browser's own menu does.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// <select data-sends> sends its form when something else is chosen; the button beside it does the same.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
});

// What is too wide scrolls by itself; the keyboard must reach it.
const reachable = () => {
  for (const box of document.querySelectorAll(".overflow-x-auto")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", reachable);
addEventListener("resize", reachable);
document.addEventListener("htmx:afterSettle", reachable);
