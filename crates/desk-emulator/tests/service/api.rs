//! Test access to one emulator: requests with the token, responses validated against the spec.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use desk_emulator::{Builder, Emulator, NewAgent, NewCustomer, Presence};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Body, Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::contract;

pub(crate) const TOKEN_HEADER: &str = "SENDBIRDDESKAPITOKEN";

pub(crate) struct Api {
    pub(crate) emulator: Emulator,
    pub(crate) http: Client,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn code(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }

    pub(crate) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }

    pub(crate) fn ids(&self) -> Vec<i64> {
        self.body["results"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    }
}

pub(crate) fn http() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

impl Api {
    pub(crate) async fn start(builder: Builder) -> Self {
        Self { emulator: builder.start().await.unwrap(), http: http() }
    }

    pub(crate) async fn empty() -> Self {
        Self::start(Emulator::builder()).await
    }

    /// The demo content, with a first customer who replies automatically.
    pub(crate) async fn demo() -> Self {
        Self::start(Emulator::builder().demo(true)).await
    }

    /// Group `sales` with the agents Ann (1) and Ben (2), and the customers Mia (1), Tom (2) and
    /// Zoe (3), who never reply automatically.
    pub(crate) async fn people() -> Self {
        let api = Self::empty().await;
        api.emulator.add_group("sales", "Sales").unwrap();
        for name in ["Ann", "Ben"] {
            api.emulator.add_agent(NewAgent::new(name, &["sales"], Presence::Online)).unwrap();
        }
        for name in ["Mia", "Tom", "Zoe"] {
            api.emulator.add_customer(NewCustomer::new(name)).unwrap();
        }
        api
    }

    /// A request to a path below the base URL, with the token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.base_url());
        self.http.request(method, url).header(TOKEN_HEADER, self.emulator.token())
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, "application/json; charset=utf8");
        self.send(request.body(body)).await
    }

    /// Creates a chat in the demo's group `sales` by agent 1.
    pub(crate) async fn create(&self, customer_ids: &[i64]) -> Reply {
        let body = json!({"message": "Hello!", "groupKey": "sales", "customerIds": customer_ids, "agentId": 1});
        self.post("/proactive_chats", body.to_string()).await
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Reply {
        let url = format!("{}/_emulator{path}", self.emulator.url());
        self.send(self.http.request(method, url).body(body.to_string())).await
    }

    /// Sends the request and validates the response.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        let request = request.build().unwrap();
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let response = self.http.execute(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        assert_eq!(headers.get(CONTENT_TYPE).unwrap(), "application/json", "{method} {path} {status}");
        let text = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
        if let Some(path) = path.strip_prefix("/platform/v1") {
            contract::check(&method, path, status, &body);
        }
        if status >= 400 {
            assert!(body["code"].is_string() && body["detail"].is_string(), "{body}");
        }
        Reply { status, headers, body }
    }

    /// Sends raw bytes and reads the response to its end.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.emulator.url().trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The numbers of chats, tickets and messages, which a refusal must not change.
    pub(crate) async fn sizes(&self) -> [i64; 3] {
        let mut chats = 0;
        while self.get(&format!("/proactive_chats/{}", chats + 1)).await.status == 200 {
            chats += 1;
        }
        let tickets = self.emulator.tickets(None).unwrap().len();
        let messages = self.get("/chat_messages?limit=1").await.body["count"].as_i64().unwrap();
        [chats, tickets.try_into().unwrap(), messages]
    }
}

/// Polls until `ask` returns a value; panics after five seconds.
pub(crate) async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "it did not happen in time");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
