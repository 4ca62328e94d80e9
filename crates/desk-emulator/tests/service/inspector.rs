//! The inspector's page over plain HTTP; `.ci/inspector.mjs` tests it in a browser.

use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Method, Response};
use serde_json::json;

use crate::api::Api;

async fn page(api: &Api, query: &str) -> Response {
    api.http.get(format!("{}/_emulator{query}", api.emulator.url())).send().await.unwrap()
}

#[tokio::test]
async fn page_shows_the_state_and_loads_only_its_own_files() {
    let api = Api::people().await;
    api.create(&[1, 2]).await;
    api.control(
        Method::PUT,
        "/faults",
        json!({"rules": [{"operation": "chat_message_list", "nth": 9, "fault": "bad_chunk"}]}),
    )
    .await;
    api.get("/chat_messages?limit=3").await;
    let whole = page(&api, "?ticket=2").await;
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(whole.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    let text = whole.text().await.unwrap();
    for shown in
        ["Ticket 2: PROACTIVE", "Tom", "Hello!", "1,2", "bad_chunk", "/platform/v1/chat_messages?limit=3", "2 tickets"]
    {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert!(!text.contains(api.emulator.token()));
    let outside = text.split(['"', '\'']).filter(|part| part.starts_with("http") || part.starts_with("//")).count();
    assert_eq!(outside, 0, "{text}");
    let live = page(&api, "?ticket=2&part=live").await.text().await.unwrap();
    assert!(live.contains("Ticket 2") && !live.contains("<html"), "{live}");
    for (path, kind) in [("/inspector.css", "text/css"), ("/inspector.js", "text/javascript")] {
        assert_eq!(page(&api, path).await.headers()[CONTENT_TYPE], kind);
    }
    assert_eq!(page(&api, "?ticket=999").await.status(), 404);
    assert_eq!(page(&api, "?ticket=x").await.status(), 400);
}

#[tokio::test]
async fn customer_messages_are_escaped() {
    let api = Api::people().await;
    api.create(&[2]).await;
    api.emulator.customer_reply(1, "<script>alert('\"x\"')</script>").unwrap();
    let text = page(&api, "?ticket=1&error=%3Cb%3Eno").await.text().await.unwrap();
    assert!(!text.contains("<script>alert") && !text.contains("<b>no"), "{text}");
    assert_eq!(text.matches("&#60;script&#62;alert").count(), 1, "{text}");
}

#[tokio::test]
async fn reply_form_adds_a_message_and_redirects() {
    let api = Api::people().await;
    api.create(&[2]).await;
    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let form = |ticket: i64| {
        let url = format!("{}/_emulator/inspector/tickets/{ticket}/customer_reply", api.emulator.url());
        http.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("message=Yes%2C+please")
    };
    let sent = form(1).send().await.unwrap();
    assert_eq!(sent.status(), 303);
    assert_eq!(sent.headers()[LOCATION], "/_emulator?ticket=1");
    let ticket = api.emulator.ticket(1).unwrap();
    assert_eq!((ticket.status.as_str(), ticket.last_message.as_deref()), ("ACTIVE", Some("Assigned to Ann.")));
    api.emulator.close_ticket(1, None).unwrap();
    let refused = form(1).send().await.unwrap();
    assert!(refused.headers()[LOCATION].to_str().unwrap().starts_with("/_emulator?ticket=1&error=ticket+1+is+closed"));
    for (header, value) in [(HOST, "rebound.example"), (ORIGIN, "https://evil.example")] {
        assert_eq!(form(1).header(&header, value).send().await.unwrap().status(), 403, "{header}");
    }
    let rebound = api.http.get(format!("{}/_emulator", api.emulator.url())).header(HOST, "rebound.example");
    assert_eq!(rebound.send().await.unwrap().status(), 403);
}
