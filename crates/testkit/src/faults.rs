//! The fault vectors of `faults.json`: failures of a service, and the report that every language
//! must give.
//!
//! One server plays all vectors. The first segment of the path names the vector, so a client
//! selects one by its base URL.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use serde::Deserialize;

use crate::server::{Server, Step};

/// A fault and its expected report.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The name, also the first segment of the path.
    pub name: String,
    #[serde(default = "status_ok")]
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    /// The number of spaces added to the body.
    #[serde(default)]
    fill: usize,
    #[serde(default)]
    gzip: bool,
    /// A Content-Length other than the body's.
    length: Option<usize>,
    #[serde(default)]
    end: End,
    /// The expected report in every language.
    pub expect: Expect,
}

/// The end of the connection.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum End {
    /// Closed after the response.
    #[default]
    Close,
    /// Reset after the bytes of the response.
    Reset,
    /// Open and silent after the response.
    Hang,
    /// Closed without a response.
    CloseAtOnce,
    /// Reset without a response.
    ResetAtOnce,
    /// Open and silent without a response.
    Silent,
}

/// The expected report.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The name of the status in C, such as `DESK_SERVICE`.
    pub code: String,
    /// `NotSent`, `Rejected` or `Unknown`; empty for a success.
    #[serde(default)]
    pub outcome: String,
    /// The HTTP status, 0 for none.
    #[serde(default)]
    pub http: u16,
    /// The service's own code.
    #[serde(default)]
    pub service_code: String,
}

fn status_ok() -> u16 {
    200
}

/// All vectors.
pub fn faults() -> Vec<Fault> {
    serde_json::from_str(include_str!("../faults.json")).expect("faults.json")
}

/// A server that plays all vectors.
pub fn serve() -> Server {
    let scripts: BTreeMap<String, Vec<Step>> =
        faults().into_iter().map(|fault| (fault.name.clone(), fault.steps())).collect();
    Server::start(move |request| {
        let name = request.target.split('/').nth(1).unwrap_or_default();
        scripts.get(name).unwrap_or_else(|| panic!("no fault is named {name}")).clone()
    })
}

impl Fault {
    /// The timeout for a client: short if only the timeout ends the call, longer under a wrapper
    /// that slows the client down.
    pub fn client_timeout(&self) -> Duration {
        let factor = if std::env::var_os("DESK_TEST_WRAPPER").is_some() { 4 } else { 1 };
        let needs_timeout = matches!(self.end, End::Hang | End::Silent);
        Duration::from_millis(factor * if needs_timeout { 500 } else { 20_000 })
    }

    fn steps(&self) -> Vec<Step> {
        match self.end {
            End::CloseAtOnce => return vec![Step::Close],
            End::ResetAtOnce => return vec![Step::Reset],
            End::Silent => return vec![Step::Hang],
            End::Close | End::Reset | End::Hang => {}
        }
        let mut body = self.body.clone().into_bytes();
        body.resize(body.len() + self.fill, b' ');
        if self.gzip {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&body).expect("gzip to memory");
            body = encoder.finish().expect("gzip to memory");
        }
        let mut head = format!(
            "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.status,
            self.length.unwrap_or(body.len())
        );
        if self.gzip {
            head += "content-encoding: gzip\r\n";
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.append(&mut body);
        // A reset discards unread bytes, so the pause lets the bytes arrive first.
        let end = match self.end {
            End::Reset => vec![Step::Pause(Duration::from_millis(50)), Step::Reset],
            End::Hang => vec![Step::Hang],
            _ => vec![Step::Close],
        };
        [vec![Step::Send(bytes)], end].concat()
    }
}
