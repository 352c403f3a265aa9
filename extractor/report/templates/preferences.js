// Before anything is drawn: the reader's choice of language, and of light or dark, else the page's and the system's.
const kept = (key, value) => {
  try {
    if (value) localStorage.setItem(key, value);
    return localStorage.getItem(key);
  } catch { return null; /* storage is off: nothing is kept */ }
};
const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");
// A message of a script, in the language that is chosen; {0} stands for the first value.
const T = (text, ...values) => {
  T.words ??= JSON.parse(document.getElementById("words").textContent);
  const own = language() === "zh" ? T.words[text] ?? text : text;
  return own.replace(/\{(\d)\}/g, (_, n) => values[n]);
};
// The data of a block of the page, which is compressed.
const unpack = (id) => {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
};
{
  const root = document.documentElement;
  const theme = kept("extractor-theme");
  if (theme) root.dataset.theme = theme;
  const chosen = kept("extractor-language");
  if (chosen === "zh" || chosen === "en") root.lang = chosen === "zh" ? "zh-Hans" : "en";
  const speak = () => {
    for (const node of document.querySelectorAll("[data-l10n]")) {
      const text = node.dataset[language()];
      if (node.dataset.l10n === "text") node.textContent = text;
      else node.setAttribute(node.dataset.l10n, text);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    speak();
    document.getElementById("language").addEventListener("click", () => {
      root.lang = language() === "zh" ? "en" : "zh-Hans";
      kept("extractor-language", language());
      speak();
      document.dispatchEvent(new Event("language"));
    });
    document.getElementById("theme").addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      kept("extractor-theme", root.dataset.theme);
    });
  });
}
