"use strict";
// Labels and amounts of all documents, from the block on this page: no server is asked.
(async () => {
  const MOST = 300; // results shown
  const { texts, documents } = await unpack("searched");
  const lower = texts.map((text) => text.toLowerCase());
  const field = document.getElementById("q");
  const results = document.getElementById("results");
  const shown = document.getElementById("shown");
  const plain = (text) => text.replace(/[,，\s]/g, "");
  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    node.textContent = text;
    if (className) node.className = className;
    return node;
  };

  function line(file, title, year, label, header, amount, id) {
    const row = make("tr", "");
    const link = make("a", label || T("(no label)"));
    link.href = `${file}#${id}`;
    const head = make("th", "");
    head.scope = "row";
    head.append(link, make("small", [`${title} ${year}`, header].filter(Boolean).join(" · ")));
    row.append(head, make("td", amount, "n"));
    return row;
  }

  function search() {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    let count = 0;
    for (const [file, title, year, region, tables] of words.length ? documents : []) {
      const head = `${title} ${year} ${region}`.toLowerCase();
      const open = words.filter((word) => !head.includes(word));
      if (!open.length) continue; // the document itself: the index lists it
      const amounts = open.map(plain);
      for (const [table, items] of tables) {
        for (let n = 0; n < items.length; n += 4) {
          const amount = plain(items[n + 2]);
          if (!open.every((word, k) => lower[items[n]].includes(word) || amount === amounts[k])) continue;
          count += 1;
          if (count <= MOST) found.push(line(file, title, year, texts[items[n]], texts[items[n + 1]], items[n + 2], `${table}/${items[n + 3]}`));
        }
      }
    }
    results.replaceChildren(...found);
    shown.textContent = words.length ? T("{0} found, {1} shown", count, found.length) : "";
  }

  let waiting;
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
  field.form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  document.addEventListener("language", search);
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  search();
  document.body.dataset.ready = "";
})();
