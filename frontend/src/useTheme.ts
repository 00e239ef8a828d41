/** Whether the page is dark: JupyterLab and VS Code say so on the body. */
import { useEffect, useState } from "react";

function isDark(): boolean {
  const { body } = document;
  return body.dataset["jpThemeLight"] === "false" || body.classList.contains("vscode-dark");
}

export function useTheme(): { dark: boolean } {
  const [dark, setDark] = useState(isDark);
  useEffect(() => {
    const observer = new MutationObserver(() => setDark(isDark()));
    observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
    return () => observer.disconnect();
  }, []);
  return { dark };
}
