// Before anything is drawn: the reader's choice of light or dark, else the system's.
try {
  const chosen = localStorage.getItem("extractor-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch { /* storage is off: the system's choice holds */ }
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("extractor-theme", root.dataset.theme); } catch { /* not kept */ }
  });
});
