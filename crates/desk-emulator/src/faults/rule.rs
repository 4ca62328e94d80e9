//! Fault rules as JSON: which requests, how often, and which fault. The file of `--faults` and the
//! body of `PUT /_emulator/faults` are a [`FaultPlan`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Rules in order; for each request, the first rule that fires decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultPlan {
    /// The seed of `probability` and `jitter_ms`: the same seed gives the same faults.
    #[serde(default)]
    pub seed: u64,
    /// The rules.
    #[serde(default)]
    pub rules: Vec<FaultRule>,
}

/// A fault and the requests that it applies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultRule {
    /// Only requests with this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests of this operation of the spec, such as `chat_message_list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Only these matching requests, counted from 1: a number or a list of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<Nth>,
    /// Only this random share of the matching requests, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// At most this many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// The fault.
    pub fault: Fault,
}

/// One or several positions, counted from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Nth {
    /// One position.
    One(u64),
    /// Any of these positions.
    Any(Vec<u64>),
}

impl Nth {
    pub(super) fn contains(&self, index: u64) -> bool {
        match self {
            Self::One(only) => *only == index,
            Self::Any(indices) => indices.contains(&index),
        }
    }
}

/// A failure of a request, its response or its connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// Another response instead of the service's, as from a gateway.
    Answer {
        /// The status, 200 to 599.
        status: u16,
        /// The body; empty by default.
        #[serde(default)]
        body: String,
        /// The headers, in order; `content-type` is JSON by default.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Whether the service still processes the request.
        #[serde(default)]
        carried_out: bool,
    },
    /// 429 before the request is processed.
    Throttle {
        /// The header that gives the wait.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// The response is delayed.
    Delay {
        /// The delay in ms.
        ms: u64,
        /// The maximum of an additional random delay in ms.
        #[serde(default)]
        jitter_ms: u64,
    },
    /// The response arrives in small pieces.
    Drip {
        /// The size of a piece in bytes.
        bytes: usize,
        /// The pause between two pieces in ms.
        every_ms: u64,
    },
    /// The connection is cut.
    Cut {
        /// The moment of the cut.
        when: CutPoint,
        /// The kind of the cut; closed by default.
        #[serde(default)]
        how: CutMode,
    },
    /// `Content-Length` is wrong by this many bytes; then the connection is closed.
    WrongLength {
        /// Positive: too large; negative: too small.
        by: i64,
    },
    /// The size of the body's second chunk is not a number.
    BadChunk,
    /// A small gzip body that unpacks to this many MB of white space.
    GzipBomb {
        /// The size in MB, 1 to 1024.
        megabytes: usize,
    },
    /// The service's body, followed by this many MB of white space.
    HugeBody {
        /// The size in MB, 1 to 1024.
        megabytes: usize,
    },
    /// Deeply nested JSON arrays.
    DeepJson {
        /// The depth, 1 to 10,000,000.
        levels: usize,
    },
    /// The first text contains a byte that is not UTF-8.
    InvalidUtf8,
    /// The first text contains one half of a surrogate pair.
    LoneSurrogate,
    /// 307 to another address.
    Redirect {
        /// The address.
        to: String,
    },
    /// `next` links to another address.
    Next {
        /// The address.
        to: String,
    },
}

impl Fault {
    /// The name of the fault in a plan.
    pub(crate) fn name(&self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(name)) => name,
            Ok(Value::Object(named)) => named.keys().next().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }
}

/// The form in which a 429 gives the wait.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// No wait is given.
    #[default]
    Never,
    /// `Retry-After` in seconds, possibly with a fraction.
    Seconds(f64),
    /// `Retry-After` as a date, this many seconds from now.
    Date(u32),
    /// `Retry-After-Ms`
    Ms(u64),
    /// `X-RateLimit-RetryAfter` in seconds.
    RateLimit(u32),
}

/// The moment at which a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutPoint {
    /// After the request is read and before it is processed.
    BeforeCommit,
    /// After the request is processed and before the response.
    AfterCommit,
    /// After the request is processed and half of the response's head is sent.
    InHead,
    /// After the request is processed and half of the response's body is sent.
    InBody,
}

/// The kind of a connection's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutMode {
    /// The connection is closed in order (FIN).
    #[default]
    Close,
    /// The connection is reset (RST).
    Reset,
    /// The connection stays open and silent.
    Stall,
}
