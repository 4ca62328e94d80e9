// The inspector in a real browser: a customer replies on the page, the ticket is routed before one's eyes, nothing is loaded
// from elsewhere. `node .ci/inspector.mjs URL TOKEN SCREENSHOT`; CHROMIUM names the browser, NODE_PATH leads to playwright-core.
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const { chromium } = createRequire(`${process.env.NODE_PATH}/`)("playwright-core");
const [url, token, screenshot] = process.argv.slice(2);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => request.url().startsWith(`${url}/`) || complaints.push(`loads ${request.url()}`));

  const created = await fetch(`${url}/platform/v1/proactive_chats`, {
    method: "POST",
    headers: { SENDBIRDDESKAPITOKEN: token, "content-type": "application/json" },
    body: JSON.stringify({ message: "Your order has shipped.", groupKey: "sales", customerIds: [103, 102], agentId: 1 }),
  });
  assert.equal(created.status, 201);

  await page.goto(`${url}/_emulator`);
  await page.locator("#chats td", { hasText: "Your order has shipped." }).waitFor();
  await page.locator("#tickets a").last().waitFor();
  const ticket = page.locator("#tickets tr", { has: page.locator("td", { hasText: /^Tom$/ }) }).first();
  assert.match(await ticket.innerText(), /PROACTIVE/);
  await ticket.locator("a").click();
  await page.locator("#conversation h2", { hasText: "PROACTIVE" }).waitFor();
  // The demo answers for the first customer, and here a person for the second; markup stays text.
  await page.getByLabel("Reply as the customer").fill("<b>Thanks!</b>");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#conversation h2", { hasText: "ACTIVE" }).waitFor();
  await page.locator(".talk li.CUSTOMER", { hasText: "<b>Thanks!</b>" }).waitFor();
  await page.locator(".talk li.EVENT", { hasText: "Assigned to Ann." }).waitFor();
  // What happens elsewhere appears without a reload.
  await fetch(`${url}/platform/v1/chat_messages?limit=7`, { headers: { SENDBIRDDESKAPITOKEN: token } });
  await page.locator("#requests td", { hasText: "chat_messages?limit=7" }).first().waitFor({ timeout: 5000 });
  const chat = page.locator("#chats tr", { hasText: "Your order has shipped." });
  assert.deepEqual((await chat.locator("td").allInnerTexts()).slice(1, 4), ["2", "2", "0"]);
  await page.screenshot({ path: screenshot, fullPage: true });
  assert.deepEqual(complaints, []);
  console.log(`the inspector works in ${browser.browserType().name()} ${browser.version()}: ${screenshot}`);
} finally {
  await browser.close();
}
