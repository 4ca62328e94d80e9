//! The controls over HTTP: the same actions and errors as the handle's.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HOST, HeaderValue, ORIGIN};
use serde_json::{Value, json};

use crate::api::{Api, until};

#[tokio::test]
async fn controls_drive_the_life_cycle() {
    let api = Api::empty().await;
    let post = async |path: &str, body: Value| api.control(Method::POST, path, body).await;
    let group = post("/groups", json!({"key": "sales", "name": "Sales"})).await;
    assert_eq!((group.status, &group.body["id"], &group.body["key"]), (201, &json!(1), &json!("sales")));
    let agent = json!({"displayName": "Ann", "groups": ["sales"], "presence": "OFFLINE"});
    let agent = post("/agents", agent).await;
    assert_eq!(
        (agent.status, &agent.body["connection"], &agent.body["groups"]),
        (201, &json!("OFFLINE"), &json!(["sales"]))
    );
    let customer = post("/customers", json!({"displayName": "Mia", "sendbirdId": "mia"})).await;
    assert_eq!((customer.status, &customer.body["channelType"]), (201, &json!("SENDBIRD")));
    assert_eq!(api.create(&[1]).await.status, 201);

    let ticket = post("/tickets/1/agent_reply", json!({"agentId": 1, "message": "Still there?"})).await;
    assert_eq!((ticket.status, &ticket.body["status2"]), (200, &json!("PROACTIVE")));
    let ticket = post("/tickets/1/customer_reply", json!({"message": "Yes"})).await;
    assert_eq!((ticket.status, &ticket.body["status2"]), (200, &json!("PENDING")));
    let ann = api.control(Method::PUT, "/agents/1/presence", json!({"presence": "ONLINE"})).await;
    assert_eq!((ann.status, &ann.body["connection"]), (200, &json!("ONLINE")));
    let ticket = api.control(Method::GET, "/tickets/1", Value::Null).await.body;
    assert_eq!(ticket["status2"], "ACTIVE");
    assert_eq!(ticket["recentAssignment"]["agent"]["displayName"], "Ann");
    assert_eq!(ticket["customer"]["sendbirdId"], "mia");
    let closed = post("/tickets/1/close", json!({"comment": "done"})).await;
    assert_eq!((&closed.body["status2"], &closed.body["closeComment"]), (&json!("CLOSED"), &json!("done")));
    assert_eq!(post("/tickets/1/customer_reply", json!({"message": "Hi"})).await.code(), (409, "conflict"));
}

#[tokio::test]
async fn tickets_have_pages() {
    let api = Api::demo().await;
    api.create(&[101, 102, 103]).await;
    let page = api.control(Method::GET, "/tickets?proactive_id=1&limit=2", Value::Null).await;
    assert_eq!((page.ids(), &page.body["count"]), (vec![126, 127], &json!(3)));
    let next = format!("{}/_emulator/tickets?limit=2&offset=2&proactive_id=1", api.emulator.url());
    assert_eq!(page.body["next"], next);
    assert_eq!(api.send(api.http.get(next)).await.ids(), [128]);
    assert_eq!(api.control(Method::GET, "/tickets", Value::Null).await.body["count"], 128);
    let bad = api.control(Method::GET, "/tickets?proactive_id=x", Value::Null).await;
    assert_eq!(bad.code(), (400, "invalid"));
}

#[tokio::test]
async fn seeding_with_the_same_seed_is_deterministic() {
    let api = Api::empty().await;
    let mut pages = Vec::new();
    for seed in [7, 7, 8] {
        let wanted = json!({"rows": 100, "seed": seed, "from": "2025-05-01T00:00:00Z", "to": "2025-05-02T00:00:00Z"});
        let report = api.control(Method::POST, "/seed", wanted).await;
        assert_eq!(report.body, json!({"rows": 100, "tickets": 13, "firstMessageId": 1, "firstTicketId": 1}));
        pages.push(api.get("/chat_messages?limit=100").await.body["results"].clone());
        api.control(Method::POST, "/reset", Value::Null).await;
    }
    assert_eq!(pages[0], pages[1]);
    assert_ne!(pages[1], pages[2]);
    let times: Vec<_> = pages[0].as_array().unwrap().iter().map(|row| row["createdAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted() && times[0].starts_with("2025-05-01") && times[99].starts_with("2025-05-01"));

    let first = api.control(Method::POST, "/seed", json!({"rows": 9})).await.body;
    let second = api.control(Method::POST, "/seed", json!({"rows": 9})).await.body;
    assert_eq!([&first["firstTicketId"], &second["firstTicketId"], &second["firstMessageId"]], [1, 3, 10]);
}

#[tokio::test]
async fn invalid_requests_are_refused() {
    let api = Api::demo().await;
    let before = api.sizes().await;
    for (method, path, body, code) in [
        (Method::POST, "/groups", json!({"key": "Sales!", "name": "S"}), (400, "invalid")),
        (Method::POST, "/groups", json!({"key": "", "name": "S"}), (400, "invalid")),
        (Method::POST, "/groups", json!({"key": "new", "name": ""}), (400, "invalid")),
        (Method::POST, "/groups", json!({"key": "sales", "name": "S"}), (409, "conflict")),
        (Method::POST, "/groups", json!({"key": "new"}), (400, "invalid")),
        (Method::POST, "/agents", json!({"displayName": "A", "groups": ["x"], "presence": "AWAY"}), (400, "invalid")),
        (Method::POST, "/agents", json!({"displayName": "A", "presence": "away"}), (400, "invalid")),
        (Method::POST, "/agents", json!({"displayName": "a".repeat(101), "presence": "AWAY"}), (400, "invalid")),
        (Method::PUT, "/agents/99/presence", json!({"presence": "AWAY"}), (404, "not_found")),
        (Method::PUT, "/agents/x/presence", json!({"presence": "AWAY"}), (400, "invalid")),
        (Method::POST, "/customers", json!({"displayName": "M", "sendbirdId": "customer_101"}), (409, "conflict")),
        (Method::POST, "/customers", json!({"displayName": "M", "channelType": "PIGEON"}), (400, "invalid")),
        (Method::POST, "/tickets/999/close", json!({}), (404, "not_found")),
        (Method::POST, "/tickets/1/close", json!({}), (409, "conflict")),
        (Method::POST, "/tickets/1/customer_reply", json!({}), (400, "invalid")),
        (Method::POST, "/seed", json!({"rows": -1}), (400, "invalid")),
        (Method::POST, "/seed", json!({"rows": u64::MAX}), (400, "invalid")),
        (Method::POST, "/seed", json!({"rows": 1, "from": "x"}), (400, "invalid")),
        (
            Method::POST,
            "/seed",
            json!({"rows": 1, "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
            (400, "invalid"),
        ),
        (Method::GET, "/nothing", Value::Null, (404, "not_found")),
    ] {
        let reply = api.control(method, path, body.clone()).await;
        assert_eq!(reply.code(), code, "{path} {body}: {}", reply.detail());
    }
    assert_eq!(api.sizes().await, before);
    // A refused agent does not use an id.
    let next = json!({"displayName": "Cai", "presence": "AWAY"});
    assert_eq!(api.control(Method::POST, "/agents", next).await.body["id"], 3);
}

#[tokio::test]
async fn requests_with_other_names_than_loopback_are_refused() {
    let api = Api::demo().await;
    let port = api.emulator.url().rsplit(':').next().unwrap().to_owned();
    let reset = || api.http.post(format!("{}/_emulator/reset", api.emulator.url()));
    api.create(&[101]).await;
    for (name, value) in [
        (HOST, "evil.example".to_owned()),
        (HOST, format!("evil.example:{port}")),
        (HOST, format!("127.0.0.1.evil.example:{port}")),
        (ORIGIN, "http://evil.example".to_owned()),
        (ORIGIN, "null".to_owned()),
    ] {
        let reply = api.send(reset().header(name, &value)).await;
        assert_eq!(reply.code(), (403, "permission_denied"), "{value}");
    }
    assert_eq!(api.get("/proactive_chats/1").await.status, 200);
    for host in [format!("localhost:{port}"), "[::1]".to_owned(), format!("127.0.0.1:{port}")] {
        let reply = api.send(reset().header(HOST, &host).header(ORIGIN, format!("http://{host}"))).await;
        assert_eq!(reply.status, 200, "{host}");
    }
    assert_eq!(api.get("/proactive_chats/1").await.status, 404);
}

#[tokio::test]
async fn faults_can_be_set_read_and_cleared() {
    let api = Api::demo().await;
    let plan = json!({"seed": 3, "rules": [{"operation": "chat_message_list", "times": 1,
        "fault": {"throttle": {"retry_after": {"seconds": 3}}}}]});
    let set = api.control(Method::PUT, "/faults", plan).await;
    assert_eq!((set.status, &set.body["seed"], &set.body["rules"][0]["fired"]), (200, &json!(3), &json!(0)));
    let throttled = api.get("/chat_messages").await;
    assert_eq!((throttled.status, &throttled.headers["retry-after"]), (429, &HeaderValue::from_static("3")));
    assert_eq!(api.get("/chat_messages").await.status, 200);
    let rules = api.control(Method::GET, "/faults", Value::Null).await.body;
    assert_eq!((&rules["rules"][0]["fired"], &rules["rules"][0]["seen"]), (&json!(1), &json!(2)));
    let bad = json!({"rules": [{"operation": "nothing", "fault": "bad_chunk"}]});
    let bad = api.control(Method::PUT, "/faults", bad).await;
    assert!(bad.status == 400 && bad.detail().starts_with("rules[0].operation: "), "{bad:?}");
    let rules = api.control(Method::GET, "/faults", Value::Null).await.body;
    assert_eq!(rules["rules"].as_array().unwrap().len(), 1, "a plan that is refused changes nothing");
    let cleared = api.control(Method::DELETE, "/faults", Value::Null).await;
    assert_eq!((cleared.status, &cleared.body["rules"]), (200, &json!([])));
}

#[tokio::test]
async fn log_can_be_downloaded_and_cleared() {
    let api = Api::demo().await;
    api.get("/chat_messages?limit=2").await;
    api.get("/proactive_chats/7").await;
    let url = |path: &str| format!("{}/_emulator{path}", api.emulator.url());
    let text = api.http.get(url("/requests")).send().await.unwrap().text().await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["query"], &lines[1]["status"]), (2, &json!("limit=2"), &json!(404)));
    assert!(!text.contains(api.emulator.token()));
    let har = api.control(Method::GET, "/requests.har", Value::Null).await.body;
    let entry = &har["log"]["entries"][0];
    assert_eq!((&har["log"]["version"], &entry["response"]["status"]), (&json!("1.2"), &json!(200)));
    assert_eq!(entry["request"]["url"], format!("{}/chat_messages?limit=2", api.emulator.base_url()));
    api.control(Method::DELETE, "/requests", Value::Null).await;
    assert!(api.emulator.requests().is_empty());
}

#[tokio::test]
async fn messaged_twice_names_the_customers() {
    let api = Api::demo().await;
    api.create(&[101, 102]).await;
    let nobody = api.control(Method::GET, "/messaged_twice", Value::Null).await.body;
    assert_eq!(nobody, json!({"count": 0, "results": []}));
    api.create(&[102, 103]).await;
    let twice = api.control(Method::GET, "/messaged_twice", Value::Null).await.body;
    assert_eq!((&twice["count"], &twice["results"][0]["customerId"]), (&json!(1), &json!(102)));
    assert_eq!(twice["results"][0]["proactiveIds"], json!([1, 2]));
    let deliveries = api.control(Method::GET, "/deliveries?customer_id=102", Value::Null).await.body;
    assert_eq!((&deliveries["count"], &deliveries["results"][1]["proactiveId"]), (&json!(2), &json!(2)));
    assert_eq!(api.control(Method::GET, "/deliveries?limit=3", Value::Null).await.body["count"], 4);
    assert_eq!(api.control(Method::GET, "/deliveries?customer_id=x", Value::Null).await.status, 400);
}

#[tokio::test]
async fn behaviour_and_drift_can_be_set_over_http() {
    let api = Api::demo().await;
    let switched = api.control(Method::PUT, "/behaviour", json!({"order": "id_descending", "max_limit": 2})).await;
    assert_eq!((switched.status, &switched.body["order"]), (200, &json!("id_descending")));
    assert_eq!(api.get("/chat_messages").await.ids(), [1000, 999]);
    let now = api.control(Method::GET, "/behaviour", Value::Null).await.body;
    assert_eq!((&now["max_limit"], &now["create_status"]), (&json!(2), &json!(201)));
    let bad = api.control(Method::PUT, "/behaviour", json!({"order": "up"})).await;
    assert!(bad.status == 400 && bad.detail().contains("unknown variant `up`"), "{bad:?}");

    let script = json!([{"after": 1, "change": {"delete": [1000]}}, {"every": 2, "change": {"insert": 1}}]);
    assert_eq!(api.control(Method::PUT, "/drift", script).await.status, 200);
    let heads = [
        api.get("/chat_messages").await.ids(),
        api.get("/chat_messages").await.ids(),
        api.get("/chat_messages").await.ids(),
    ];
    assert_eq!(heads, [[1000, 999], [999, 998], [1001, 999]]);
    for (script, why) in [
        (json!([{"change": {"insert": 1}}]), "[0].after, every: give one of them"),
        (json!([{"after": 0, "change": {"insert": 1}}]), "[0].after, every: the first answer is 1"),
        (json!([{"after": 1, "change": {"insert": 100_001}}]), "[0].change: more than 100000 rows"),
    ] {
        let bad = api.control(Method::PUT, "/drift", script).await;
        assert!(bad.status == 400 && bad.detail().starts_with(why), "{bad:?}");
    }
    assert_eq!(api.control(Method::POST, "/messages/change", json!({"delete_oldest": 5})).await.status, 200);
    assert_eq!(api.get("/chat_messages").await.body["count"], 995);
}

#[tokio::test]
async fn clock_can_be_set_stopped_and_released() {
    let api = Api::demo().await;
    let set = |body: Value| api.control(Method::PUT, "/clock", body);
    let stopped = set(json!({"now": "2030-01-02T03:04:05Z", "stopped": true})).await;
    assert_eq!((stopped.status, &stopped.body["now"]), (200, &json!("2030-01-02T03:04:05.000000Z")));
    let chat = api.create(&[101]).await;
    assert_eq!(chat.body["createdAt"], "2030-01-02T03:04:05.000000Z");
    assert_eq!(chat.headers["date"], "Wed, 02 Jan 2030 03:04:05 GMT");
    set(json!({"now": "2040-01-01T00:00:00Z"})).await;
    let first = api.control(Method::GET, "/clock", Value::Null).await.body;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = api.control(Method::GET, "/clock", Value::Null).await.body;
    assert!(first["now"].as_str() < second["now"].as_str() && second["stopped"] == false, "{first} {second}");
    assert_eq!(set(json!({"now": "1969-12-31T23:59:59Z"})).await.code(), (400, "invalid"));
    let followed = api.control(Method::DELETE, "/clock", Value::Null).await.body;
    assert!(followed["now"].as_str() < Some("2040"), "{followed}");
}

#[tokio::test]
async fn snapshots_can_be_restored_repeatedly() {
    let api = Api::people().await;
    let step = async |method: Method, path: &str| api.control(method, path, Value::Null).await;
    assert_eq!(step(Method::PUT, "/snapshots/before").await.status, 200);
    api.create(&[1]).await;
    let count = async || api.get("/chat_messages?limit=1").await.body["count"].clone();
    assert_eq!(count().await, 1);
    for _ in 0..2 {
        assert_eq!(step(Method::POST, "/snapshots/before/restore").await.status, 200);
        assert_eq!(count().await, 0);
        assert_eq!(api.create(&[1]).await.body["id"], 1, "ids too are those of before");
    }
    assert_eq!(step(Method::DELETE, "/snapshots/before").await.status, 200);
    assert_eq!(step(Method::POST, "/snapshots/before/restore").await.code(), (404, "not_found"));
}

#[tokio::test]
async fn import_adds_all_messages_or_none() {
    let api = Api::empty().await;
    let message = |id: Value| {
        json!({"id": id, "ticket": 9, "userSendbirdId": "u", "userType": "CUSTOMER",
            "createdAt": "2020-01-01T00:00:00Z", "message": "m"})
    };
    let import = async |rows: Value| api.control(Method::POST, "/messages", rows).await;
    let added = import(json!([message(json!(5)), message(Value::Null)])).await;
    assert_eq!((added.status, &added.body["ids"]), (201, &json!([5, 6])));
    let taken = import(json!([message(Value::Null), message(json!(5))])).await;
    assert_eq!((taken.status, taken.detail()), (400, "[1].id: there is a message 5 already"));
    assert_eq!(import(json!([message(json!(0))])).await.status, 400);
    assert_eq!(api.get("/tickets/9/chat_messages").await.ids(), [5, 6]);
}

#[tokio::test]
async fn requests_are_throttled_with_the_rate_limit_on() {
    let api = Api::demo().await;
    api.control(Method::PUT, "/behaviour", json!({"rate_limit": "sibling_api"})).await;
    let mut statuses = Vec::new();
    for _ in 0..15 {
        statuses.push(api.get("/chat_messages?limit=1").await.status);
    }
    assert!(statuses[..10].iter().all(|status| *status == 200) && statuses.contains(&429), "{statuses:?}");
    // Other operations have their own bucket, and the bucket refills.
    let chat = api.create(&[101]).await;
    assert_eq!(chat.status, 201);
    let throttled =
        until(async || Some(api.get("/chat_messages?limit=1").await).filter(|page| page.status == 429)).await;
    assert_eq!(throttled.headers["retry-after"], "1");
    until(async || Some(api.get("/chat_messages?limit=1").await).filter(|page| page.status == 200)).await;
}
