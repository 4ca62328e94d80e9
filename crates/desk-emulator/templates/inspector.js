// Keeps what is shown up to date. What comes is made and escaped by the emulator.
const live = document.getElementById("live");
async function refresh() {
  const url = new URL(location.href);
  url.searchParams.set("part", "live");
  try {
    const answer = await fetch(url, { cache: "no-store" });
    if (answer.ok) live.innerHTML = await answer.text();
  } catch {
    // It has stopped; the next time may be better.
  }
}
setInterval(refresh, 500);
