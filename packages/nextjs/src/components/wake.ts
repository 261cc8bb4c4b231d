/** Calls `listener` whenever the page comes back to its reader. Answers what ends that. */
export function onWake(listener: () => void): () => void {
  const woken = () => {
    if (document.visibilityState === "visible") listener();
  };
  document.addEventListener("visibilitychange", woken);
  for (const name of ["focus", "online", "pageshow"]) window.addEventListener(name, woken);
  return () => {
    document.removeEventListener("visibilitychange", woken);
    for (const name of ["focus", "online", "pageshow"]) window.removeEventListener(name, woken);
  };
}
