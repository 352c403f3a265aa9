"use strict";
(() => {
  const body = document.querySelector("table.index tbody");
  const rows = [...body.rows];
  const find = document.getElementById("find");
  const year = document.getElementById("year");
  const phase = document.getElementById("phase");
  const wrong = document.getElementById("wrong");
  const shown = document.getElementById("shown");
  const order = new Intl.Collator(["zh-Hans", "en"], { numeric: true });

  function filter() {
    const words = find.value.trim().toLowerCase().split(/\s+/);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(
        words.every((word) => text.includes(word)) &&
        (!year.value || row.dataset.year === year.value) &&
        (!phase.value || row.dataset.phase === phase.value) &&
        (!wrong.checked || Number(row.dataset.contradicted) > 0)
      );
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${rows.length} shown`;
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
      body.append(...rows);
    });
  }
  for (const field of [find, year, phase, wrong]) field.addEventListener("input", filter);
  document.querySelector("form.filters").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== find) { event.preventDefault(); find.focus(); }
    if (event.key === "Escape" && document.activeElement === find) { find.value = ""; filter(); }
  });
  filter();
})();
