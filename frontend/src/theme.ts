/** Whether the page is dark: JupyterLab, VS Code and marimo say so on the body. */
export function isDark(): boolean {
  const { body } = document;
  return body.dataset["jpThemeLight"] === "false" || body.classList.contains("vscode-dark") || body.classList.contains("dark");
}

/** Calls back now and whenever the theme may have changed; the returned function stops it. */
export function watchTheme(onChange: (dark: boolean) => void): () => void {
  const observer = new MutationObserver(() => onChange(isDark()));
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  onChange(isDark());
  return () => observer.disconnect();
}
