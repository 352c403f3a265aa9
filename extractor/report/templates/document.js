"use strict";
// Cells and checks point at each other: a check names its cells by their ids, and cells are looked up from it.
(async () => {
  const byId = (id) => document.getElementById(id);
  const panel = byId("inspector");
  const panelTitle = panel.querySelector("h2");
  const panelBody = panel.querySelector(".body");
  const original = byId("original");
  const MARKS = ["proven", "rounded", "uncovered", "contradicted"];
  const plain = (word) => T(word.replaceAll("_", " "));
  // Of items that follow each other in one table, the first alone says which.
  function ids(text) {
    let table = "";
    return text.split(" ").filter(Boolean).map((item) => {
      if (item.split("/").length > 2) { table = item.slice(0, item.indexOf("/")); return item; }
      return `${table}/${item}`;
    });
  }
  const checks = (await unpack("checks")).map(
    ([rule, result, left, right, statement, stated, tolerance, computed, difference, elsewhere, caution, doubt], number) => ({
      number, rule, result, left: ids(left), right: ids(right), statement, stated, tolerance,
      computed: computed ?? stated, difference: difference ?? "0.00", elsewhere: elsewhere ?? 0,
      caution: caution ?? ["", ""], doubt: doubt ?? ["", ""],
    }));
  const checksOf = new Map();
  for (const check of checks) {
    for (const id of new Set([...check.left, ...check.right])) {
      if (!checksOf.has(id)) checksOf.set(id, []);
      checksOf.get(id).push(check);
    }
  }
  let lit = [];
  let origin = null;
  let shownAgain = null;

  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (className) node.className = className;
    return node;
  };
  const inLanguage = ([en, zh]) => (language() === "zh" ? zh : en);
  const verdictOf = (cell) => MARKS.find((v) => cell.classList.contains(v));
  const columnOf = (cell) => cell.id.slice(cell.id.lastIndexOf("/") + 1);
  const cellOf = (id) => { const node = byId(id); return node && node.tagName === "TD" ? node : null; };
  const headerOf = (cell) => {
    if ("m" in cell.dataset) return [cell.dataset.m, cell.dataset.u];
    const table = cell.closest("table");
    table.columns ??= JSON.parse(table.dataset.columns);
    return table.columns[columnOf(cell)];
  };
  function pageOf(cell) {
    let row = cell.parentElement;
    while (row && !row.dataset.page) row = row.previousElementSibling;
    return row ? row.dataset.page : "";
  }
  function pageLink(cell) {
    const text = T("p. {0}", pageOf(cell));
    if (!original) return document.createTextNode(text);
    const link = make("a", text);
    link.href = original.getAttribute("href") + (original.dataset.fragment ? original.dataset.fragment + pageOf(cell) : "");
    link.rel = "noreferrer";
    return link;
  }
  // A row's name stands in the header cells before the figure: those of its own side.
  function rowName(cell) {
    let node = cell;
    while (node && node.tagName !== "TH") node = node.previousElementSibling;
    const names = [];
    for (; node && node.tagName === "TH"; node = node.previousElementSibling) names.unshift(node.textContent.trim());
    return names.filter(Boolean).join(" ");
  }
  const nameOf = (cell) => rowName(cell) || headerOf(cell)[0];

  function light(id, role) {
    for (const node of [cellOf(id), byId("o" + id)]) {
      if (!node) continue;
      node.classList.add("lit", role);
      if (node.tagName === "TD") node.setAttribute("aria-selected", "true");
      lit.push(node);
    }
  }

  function clear() {
    for (const node of lit) {
      node.classList.remove("lit", "stated", "part", "chosen");
      node.removeAttribute("aria-selected");
    }
    lit = [];
    for (const check of document.querySelectorAll(".check[aria-pressed]")) check.removeAttribute("aria-pressed");
    document.body.classList.remove("selecting");
  }

  function reveal(id) {
    const cell = cellOf(id);
    if (!cell) return;
    const section = cell.closest("section.table");
    const free = panel.hidden ? innerHeight : panel.getBoundingClientRect().top;
    const seen = section.getBoundingClientRect();
    if (seen.top > free * 0.4 || seen.bottom < free * 0.5) section.scrollIntoView({ block: "start" });
    for (const node of [cell, byId("o" + id)]) {
      const pane = node && node.closest(".pane");
      if (!pane) continue;
      const box = node.getBoundingClientRect();
      const frame = pane.getBoundingClientRect();
      if (box.top < frame.top + 80 || box.bottom > Math.min(frame.bottom, free) - 10) {
        pane.scrollTop += box.top - frame.top - frame.height * 0.35;
      }
      if (box.left < frame.left + 10 || box.right > frame.right - 10) {
        pane.scrollLeft += box.left - frame.left - frame.width / 2;
      }
    }
    const box = cell.getBoundingClientRect();
    if (box.top < 10 || box.bottom > free) scrollBy(0, box.top - free * 0.45);
  }

  function remember() {
    const active = document.activeElement;
    if (active && active !== document.body && !panel.contains(active)) origin = active;
  }

  function open(title, hash, again) {
    panelTitle.textContent = title;
    panelBody.replaceChildren();
    panel.hidden = false;
    shownAgain = again;
    document.body.classList.add("selecting");
    try { history.replaceState(null, "", "#" + hash); } catch { /* the address stays */ }
  }

  function close() {
    if (panel.hidden) return;
    const inside = panel.contains(document.activeElement);
    panel.hidden = true;
    clear();
    try { history.replaceState(null, "", location.pathname + location.search); } catch { /* the address stays */ }
    if (inside && origin) origin.focus();
  }

  function term(id, role) {
    const cell = cellOf(id);
    const row = make("button", "", "term");
    row.type = "button";
    row.dataset.cell = id;
    const [header, unit] = headerOf(cell);
    row.append(make("b", "", "mark " + verdictOf(cell)), make("span", nameOf(cell), "name"));
    const where = T("p. {0}", pageOf(cell)) + (rowName(cell) && header ? " · " + header : "");
    row.append(make("span", where, "where"), make("span", cell.textContent, "figure"));
    row.setAttribute("aria-label", `${role}: ${nameOf(cell)}, ${cell.textContent} ${unit}`);
    return row;
  }

  function showCheck(number) {
    const check = checks[number];
    remember();
    clear();
    for (const id of check.left) light(id, "stated");
    for (const id of check.right) light(id, "part");
    byId("k" + number)?.setAttribute("aria-pressed", "true");
    open(`${plain(check.rule)}: ${plain(check.result)}`, "k" + number, () => showCheck(number));
    const stated = make("div", "", "side");
    const parts = make("div", "", "list");
    stated.append(make("h3", T("stated")), ...check.left.map((id) => term(id, T("stated"))));
    parts.append(make("h3", T("should be the sum of")), ...check.right.map((id) => term(id, T("part"))));
    if (check.elsewhere) parts.append(make("p", T("{0} figures of this check stand outside these tables.", check.elsewhere)));
    panelBody.append(stated, parts);
    const sums = make("dl", "", "sums");
    for (const [label, amount] of [
      [T("stated"), check.stated], [T("computed"), check.computed], [T("difference"), check.difference],
      [T("rounding allows"), check.tolerance],
    ]) {
      const line = make("div");
      line.append(make("dt", label), make("dd", amount + " 元"));
      sums.append(line);
    }
    stated.append(sums);
    for (const text of [check.caution, check.doubt].map(inLanguage)) if (text) stated.append(make("p", text, "caution"));
    const first = check.left[0] || check.right[0];
    if (first) reveal(first);
  }

  function showCell(id) {
    const cell = cellOf(id);
    if (!cell) return;
    remember();
    clear();
    light(id, "chosen");
    open(nameOf(cell), id, () => showCell(id));
    const verdict = verdictOf(cell);
    const [header, unit] = headerOf(cell);
    const about = make("p", "", "about");
    about.append(make("b", "", "mark " + verdict), ` ${plain(verdict)} · `, pageLink(cell));
    const figure = make("p", `${cell.textContent} ${unit}`, "large");
    const permalink = make("a", document.querySelector(".facts code").textContent + "-" + id, "permalink");
    permalink.href = "#" + id;
    const side = make("div", "", "side");
    const list = make("div", "", "list");
    side.append(figure, make("p", header, "quiet"), about, permalink);
    panelBody.append(side, list);
    const own = checksOf.get(id) || [];
    list.append(make("h3", own.length ? T("Checks of this amount: {0}", own.length) : T("No check reaches this amount.")));
    for (const check of own) {
      const row = make("button", "", "term formula");
      row.type = "button";
      row.dataset.check = check.number;
      row.append(make("b", "", "mark " + check.result), make("span", check.statement, "name"));
      list.append(row);
    }
    setRoving(cell);
    reveal(id);
  }

  // The rows of a list of checks are made when it is opened.
  function list(table) {
    const head = make("tr");
    for (const [text, kind] of [["", ""], [T("Rule"), ""], [T("Formula, as printed"), ""], [T("Stated 元"), "n"], [T("Computed 元"), "n"], [T("Difference"), "n"]]) {
      const cell = make("th", text, kind);
      cell.scope = "col";
      head.append(cell);
    }
    const thead = make("thead");
    thead.append(head);
    const body = make("tbody");
    for (const number of table.dataset.checks.split(" ")) {
      const check = checks[number];
      const row = make("tr", "", check.result);
      const formula = make("td");
      const button = make("button", check.statement, "check");
      button.type = "button";
      button.id = "k" + number;
      button.dataset.check = number;
      formula.append(button);
      const mark = make("td");
      mark.append(make("b", "", "mark " + check.result));
      const amounts = [check.stated, check.computed, check.difference].map((amount) => make("td", amount, "n"));
      row.append(mark, make("td", plain(check.rule)), formula, ...amounts);
      body.append(row);
    }
    table.replaceChildren(thead, body);
  }
  for (const details of document.querySelectorAll("details:has(table[data-checks])")) {
    const table = details.querySelector("table");
    const fill = () => { if (details.open && !table.rows.length) list(table); };
    details.addEventListener("toggle", fill);
    fill();
  }

  function setRoving(cell) {
    const grid = cell.closest("table");
    for (const other of grid.querySelectorAll("td[tabindex]")) other.removeAttribute("tabindex");
    cell.tabIndex = 0;
  }

  function go(cell) {
    if (!cell) return;
    setRoving(cell);
    cell.focus({ preventScroll: true });
    reveal(cell.id);
  }

  function neighbour(cell, key) {
    const row = cell.parentElement;
    const own = [...row.querySelectorAll("td[id]")];
    const at = own.indexOf(cell);
    if (key === "ArrowLeft") return own[at - 1];
    if (key === "ArrowRight") return own[at + 1];
    if (key === "Home") return own[0];
    if (key === "End") return own.at(-1);
    const step = key === "ArrowUp" ? "previousElementSibling" : "nextElementSibling";
    for (let next = row[step]; next; next = next[step]) {
      const same = [...next.querySelectorAll("td[id]")].find((other) => columnOf(other) === columnOf(cell));
      if (same) return same;
    }
    return null;
  }

  for (const grid of document.querySelectorAll("table[role=grid]")) {
    const first = grid.querySelector("td[id]");
    if (first) first.tabIndex = 0;
    grid.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td[id]");
      if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        showCell(cell.id);
      } else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
        event.preventDefault();
        go(neighbour(cell, event.key));
      }
    });
  }

  // The table as shown, its header in one row, for a spreadsheet: what it might take for a formula is quoted.
  function csv(table) {
    const rows = [];
    const header = [...table.tHead.rows].map(() => []);
    [...table.tHead.rows].forEach((row, y) => {
      let x = 0;
      for (const cell of row.cells) {
        while (header[y][x] !== undefined) x += 1;
        for (let dy = 0; dy < cell.rowSpan && y + dy < header.length; dy += 1) {
          for (let dx = 0; dx < cell.colSpan; dx += 1) header[y + dy][x + dx] = dy ? "" : cell.textContent;
        }
        x += cell.colSpan;
      }
    });
    const wide = Math.max(0, ...header.map((row) => row.length));
    rows.push(["page", ...Array.from({ length: wide }, (_, x) => header.map((row) => row[x]).filter(Boolean).join("/"))]);
    for (const row of table.tBodies[0].rows) {
      const cells = [pageOf(row.cells[0])];
      for (const cell of row.cells) cells.push(cell.textContent, ...Array(cell.colSpan - 1).fill(""));
      rows.push(cells);
    }
    const field = (text) => {
      const runs = /^[=+@\t\r\n＝＋－＠-]/.test(text) && !/^([+-]?[0-9][0-9.,]*%?|[-－]+)$/.test(text);
      const safe = runs ? "'" + text : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return "\ufeff" + rows.map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
  }

  function download(button) {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([csv(button.closest("section").querySelector("table[role=grid]"))], { type: "text/csv" }));
    link.download = button.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("a, button, td[id], rect[id]");
    if (!target) return;
    const inside = panel.contains(target);
    if (target.matches(".close")) close();
    else if (target.matches(".copy")) copy(target);
    else if (target.matches(".csv")) download(target);
    else if ("check" in target.dataset) showCheck(target.dataset.check);
    else if (target.dataset.cell) showCell(target.dataset.cell);
    else if (target.matches("td[id]")) showCell(target.id);
    else if (target.matches("rect[id]")) showCell(target.id.slice(1));
    if (inside && !panel.hidden && !target.matches("a")) panel.focus(); // what was pressed has been replaced
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "F6" && !panel.hidden) {
      event.preventDefault();
      if (panel.contains(document.activeElement) && origin) origin.focus();
      else { remember(); panel.focus(); }
    }
  });
  document.addEventListener("language", () => {
    for (const table of document.querySelectorAll("table[data-checks]")) if (table.rows.length) list(table);
    if (!panel.hidden) shownAgain();
  });

  async function copy(button) {
    const text = button.closest("li").querySelector(`.sentence .${language()}`);
    const source = document.querySelector(".facts").innerText;
    try {
      await navigator.clipboard.writeText(`${text.textContent}\n${document.querySelector("h1").textContent}. ${source}`);
      button.textContent = T("Copied");
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = T("Selected: press Ctrl+C");
    }
  }

  // The address may name a check (k3) or an item, with its document or without.
  function follow() {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const prefix = document.querySelector(".facts code").textContent + "-";
    const id = wanted.startsWith(prefix) ? wanted.slice(prefix.length) : wanted;
    if (/^k\d+$/.test(id) && checks[id.slice(1)]) showCheck(Number(id.slice(1)));
    else showCell(id);
  }
  addEventListener("hashchange", follow);
  follow();
  document.body.dataset.ready = "";
})();
