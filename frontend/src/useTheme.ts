/** Whether the page is dark, for components. */
import { useEffect, useState } from "react";
import { isDark, watchTheme } from "./theme";

export function useTheme(): { dark: boolean } {
  const [dark, setDark] = useState(isDark);
  useEffect(() => watchTheme(setDark), []);
  return { dark };
}
