/** Filters the operations of the sidebar by method, path and title. `/` moves to the search field. */
export const searchScript = `
const field = document.getElementById("search");
const none = document.getElementById("none");
const groups = [...document.querySelectorAll("nav section")];
const textOf = (item) => (item.textContent + " " + item.firstElementChild.title).toLowerCase();
field.hidden = false;
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\\s+/);
  for (const group of groups) {
    for (const item of group.querySelectorAll("li")) {
      item.hidden = !words.every((word) => textOf(item).includes(word));
    }
    group.hidden = group.querySelector("li:not([hidden])") === null;
  }
  none.hidden = groups.some((group) => !group.hidden);
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === field) return;
  event.preventDefault();
  field.focus();
});
if (matchMedia("(max-width: 60rem)").matches) document.querySelector("nav details").open = false;
`;
