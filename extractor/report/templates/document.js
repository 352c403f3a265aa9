"use strict";
// Cells and checks point at each other: a check names its cells (data-left, data-right), and cells are looked up from it.
(() => {
  const byId = (id) => document.getElementById(id);
  const panel = byId("inspector");
  const panelTitle = panel.querySelector("h2");
  const panelBody = panel.querySelector(".body");
  const WORDS = {
    proven: "proven 印证", rounded: "within rounding 舍入内", uncovered: "reached by no identity 未覆盖",
    contradicted: "contradicted 矛盾",
  };
  const MARKS = ["proven", "rounded", "uncovered", "contradicted"];
  const numbers = (text) => (text ? text.split(" ") : []);
  const checksOf = new Map();
  for (const check of document.querySelectorAll(".check")) {
    for (const n of [...numbers(check.dataset.left), ...numbers(check.dataset.right)]) {
      if (!checksOf.has(n)) checksOf.set(n, []);
      checksOf.get(n).push(check);
    }
  }
  let lit = [];
  let origin = null;

  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (className) node.className = className;
    return node;
  };
  const verdictOf = (cell) => MARKS.find((v) => cell.classList.contains(v));
  // A row's name stands in the header cells before the figure: those of its own side.
  function rowName(cell) {
    let node = cell;
    while (node && node.tagName !== "TH") node = node.previousElementSibling;
    const names = [];
    for (; node && node.tagName === "TH"; node = node.previousElementSibling) names.unshift(node.textContent.trim());
    return names.filter(Boolean).join(" ");
  }
  const nameOf = (cell) => rowName(cell) || cell.dataset.m;

  function light(n, role) {
    for (const node of [byId("c" + n), byId("o" + n)]) {
      if (!node) continue;
      node.classList.add("lit", role);
      if (node.id[0] === "c") node.setAttribute("aria-selected", "true");
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

  function reveal(n) {
    const cell = byId("c" + n);
    if (!cell) return;
    const section = cell.closest("section.table");
    const free = panel.hidden ? innerHeight : panel.getBoundingClientRect().top;
    const seen = section.getBoundingClientRect();
    if (seen.top > free * 0.4 || seen.bottom < free * 0.5) section.scrollIntoView({ block: "start" });
    for (const node of [cell, byId("o" + n)]) {
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

  function open(title, hash) {
    panelTitle.textContent = title;
    panelBody.replaceChildren();
    panel.hidden = false;
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

  function term(n, role) {
    const cell = byId("c" + n);
    const row = make("button", "", "term");
    row.type = "button";
    row.dataset.cell = n;
    row.append(make("b", "", "mark " + verdictOf(cell)), make("span", nameOf(cell), "name"));
    const where = `p. ${cell.dataset.p}${rowName(cell) && cell.dataset.m ? " · " + cell.dataset.m : ""}`;
    row.append(make("span", where, "where"), make("span", cell.textContent, "figure"));
    row.setAttribute("aria-label", `${role}: ${nameOf(cell)}, ${cell.textContent} ${cell.dataset.u}`);
    return row;
  }

  function showCheck(check) {
    remember();
    clear();
    const left = numbers(check.dataset.left);
    const right = numbers(check.dataset.right);
    for (const n of left) light(n, "stated");
    for (const n of right) light(n, "part");
    check.setAttribute("aria-pressed", "true");
    const cells = check.closest("tr").querySelectorAll("td.n");
    open(check.dataset.rule + ": " + WORDS[check.dataset.holds].split(" ").slice(0, -1).join(" "), check.id);
    const stated = make("div", "", "side");
    const parts = make("div", "", "list");
    stated.append(make("h3", "stated 列示"), ...left.map((n) => term(n, "stated")));
    parts.append(make("h3", "should be the sum of 应为各项之和"), ...right.map((n) => term(n, "part")));
    if (check.dataset.elsewhere) {
      parts.append(make("p", `${check.dataset.elsewhere} figures of this check stand outside these tables.`));
    }
    panelBody.append(stated, parts);
    const sums = make("dl", "", "sums");
    for (const [index, label] of ["stated", "computed", "difference"].entries()) {
      const line = make("div");
      line.append(make("dt", label), make("dd", cells[index].textContent + " 元"));
      sums.append(line);
    }
    const allowed = make("div");
    allowed.append(make("dt", "rounding allows"), make("dd", check.dataset.tolerance + " 元"));
    sums.append(allowed);
    stated.append(sums);
    if (check.dataset.caution) stated.append(make("p", check.dataset.caution, "caution"));
    const first = left[0] || right[0];
    if (first) reveal(first);
  }

  function showCell(n) {
    const cell = byId("c" + n);
    if (!cell) return;
    remember();
    clear();
    light(n, "chosen");
    open(nameOf(cell), "c" + n);
    const verdict = verdictOf(cell);
    const about = make("p", "", "about");
    about.append(make("b", "", "mark " + verdict), ` ${WORDS[verdict]} · p. ${cell.dataset.p}`);
    const figure = make("p", `${cell.textContent} ${cell.dataset.u}`, "large");
    const side = make("div", "", "side");
    const list = make("div", "", "list");
    side.append(figure, make("p", cell.dataset.m, "quiet"), about);
    panelBody.append(side, list);
    const checks = checksOf.get(n) || [];
    list.append(make("h3", checks.length ? `${checks.length} ${checks.length === 1 ? "check" : "checks"} 勾稽关系` : "No check reaches this amount."));
    for (const check of checks) {
      const row = make("button", "", "term formula");
      row.type = "button";
      row.dataset.check = check.id;
      row.append(make("b", "", "mark " + check.dataset.holds), make("span", check.textContent, "name"));
      list.append(row);
    }
    setRoving(cell);
    reveal(n);
  }

  function setRoving(cell) {
    const grid = cell.closest("table");
    for (const other of grid.querySelectorAll("td[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
  }

  function go(cell) {
    if (!cell) return;
    setRoving(cell);
    cell.focus({ preventScroll: true });
    reveal(cell.id.slice(1));
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
      const same = next.querySelector(`td[data-c="${cell.dataset.c}"]`);
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
        showCell(cell.id.slice(1));
      } else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
        event.preventDefault();
        go(neighbour(cell, event.key));
      }
    });
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, td[id], rect[id]");
    if (!target) return;
    const inside = panel.contains(target);
    if (target.matches(".close")) close();
    else if (target.matches(".copy")) copy(target);
    else if (target.dataset.check) showCheck(byId(target.dataset.check));
    else if (target.dataset.cell) showCell(target.dataset.cell);
    else if (target.matches(".check")) showCheck(target);
    else if (target.matches("td[id], rect[id]")) showCell(target.id.slice(1));
    if (inside && !panel.hidden) panel.focus(); // what was pressed has been replaced
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "F6" && !panel.hidden) {
      event.preventDefault();
      if (panel.contains(document.activeElement) && origin) origin.focus();
      else { remember(); panel.focus(); }
    }
  });

  async function copy(button) {
    const sentences = [...button.closest("li").querySelectorAll(".sentence")];
    const text = sentences.map((sentence) => sentence.textContent).join("\n");
    const source = document.querySelector(".facts").textContent;
    try {
      await navigator.clipboard.writeText(`${text}\n${document.querySelector("h1").textContent}. ${source}`);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(sentences[0]);
      button.textContent = "Selected: press Ctrl+C";
    }
  }

  const wanted = location.hash.slice(1);
  if (/^k\d+$/.test(wanted) && byId(wanted)) showCheck(byId(wanted));
  else if (/^c\d+$/.test(wanted)) showCell(wanted.slice(1));
})();
