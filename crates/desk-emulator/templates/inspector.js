// Refreshes the page. The emulator renders and escapes the HTML.
const live = document.getElementById("live");
async function refresh() {
  const url = new URL(location.href);
  url.searchParams.set("part", "live");
  try {
    const response = await fetch(url, { cache: "no-store" });
    if (response.ok) live.innerHTML = await response.text();
  } catch {
    // The emulator does not respond; try again at the next interval.
  }
}
setInterval(refresh, 500);
