//! The fault vectors of `faults.json`: what a service does, and what every language must say of it.
//!
//! One server plays them all: the first segment of the path names the vector, so that a client picks one by its base URL.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use serde::Deserialize;

use crate::server::{Server, Step};

/// One fault and what follows from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name, also in the path.
    pub name: String,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    /// Bytes of white space added to the body.
    #[serde(default)]
    fill: usize,
    #[serde(default)]
    gzip: bool,
    /// A Content-Length other than the body's.
    length: Option<usize>,
    #[serde(default)]
    end: End,
    /// What every language must report.
    pub expect: Expect,
}

/// What happens to the connection.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum End {
    /// It is closed after the response.
    #[default]
    Close,
    /// It is reset after the response's bytes.
    Reset,
    /// Nothing more comes.
    Hang,
    /// It is closed without a response.
    CloseAtOnce,
    /// It is reset without a response.
    ResetAtOnce,
    /// There is never a response.
    Silent,
}

/// The report.
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

fn ok() -> u16 {
    200
}

/// All vectors.
pub fn faults() -> Vec<Fault> {
    serde_json::from_str(include_str!("../faults.json")).expect("faults.json")
}

/// A server that plays them.
pub fn serve() -> Server {
    let scripts: BTreeMap<String, Vec<Step>> =
        faults().into_iter().map(|fault| (fault.name.clone(), fault.steps())).collect();
    Server::start(move |request| {
        let name = request.target.split('/').nth(1).unwrap_or_default();
        scripts.get(name).unwrap_or_else(|| panic!("no fault is named {name}")).clone()
    })
}

impl Fault {
    /// How long a client should wait: short where nothing else ends the call, longer under a wrapper that slows it down.
    pub fn patience(&self) -> Duration {
        let slow = if std::env::var_os("DESK_TEST_WRAPPER").is_some() { 10 } else { 1 };
        let waits = matches!(self.end, End::Hang | End::Silent);
        Duration::from_millis(slow * if waits { 200 } else { 20_000 })
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
        // The pause lets the bytes arrive: a reset discards what has not been read.
        let end = match self.end {
            End::Reset => vec![Step::Pause(Duration::from_millis(50)), Step::Reset],
            End::Hang => vec![Step::Hang],
            _ => vec![Step::Close],
        };
        [vec![Step::Send(bytes)], end].concat()
    }
}
