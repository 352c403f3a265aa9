"use strict";
// A list of documents or findings: facets, words to find, and columns to sort by.
(() => {
  const list = document.querySelector(".listed");
  if (!list) return;
  const rows = [...list.children];
  const find = document.getElementById("find");
  const wrong = document.getElementById("wrong");
  const shown = document.getElementById("shown");
  const facets = [...document.querySelectorAll("select[data-facet]")];
  const order = new Intl.Collator(["zh-Hans", "en"], { numeric: true });

  function filter() {
    const words = find.value.trim().toLowerCase().split(/\s+/);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(
        words.every((word) => text.includes(word)) &&
        facets.every((facet) => !facet.value || row.dataset[facet.dataset.facet] === facet.value) &&
        (!wrong?.checked || Number(row.dataset.contradicted) > 0)
      );
      count += !row.hidden;
    }
    shown.textContent = T("{0} of {1} shown", count, rows.length);
  }

  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const header = button.closest("th");
      const numeric = header.classList.contains("n");
      const before = header.getAttribute("aria-sort");
      const up = before ? before === "descending" : !numeric;
      for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = button.dataset.sort;
      const compare = numeric
        ? (a, b) => Number(a.dataset[key]) - Number(b.dataset[key])
        : (a, b) => order.compare(a.dataset[key], b.dataset[key]);
      rows.sort((a, b) => (up ? compare(a, b) : compare(b, a)));
      list.append(...rows);
    });
  }
  for (const field of [find, wrong, ...facets]) field?.addEventListener("input", filter);
  find.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("language", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) { event.preventDefault(); find.focus(); }
    if (event.key === "Escape" && document.activeElement === find) { find.value = ""; filter(); }
  });
  filter();
  document.body.dataset.ready = "";
})();
