//! What a fault rule says: which requests, how often, and what happens to them. The same text is a file of
//! `--faults`, the body of `PUT /_emulator/faults`, and what that path answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Rules, tried in their order; the first that fires decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultPlan {
    /// Where the dice of `probability` and `jitter_ms` begin: the same seed, the same faults.
    #[serde(default)]
    pub seed: u64,
    /// The rules.
    #[serde(default)]
    pub rules: Vec<FaultRule>,
}

/// One rule.
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
    /// Only these of them, counted from 1: a number or a list of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<Nth>,
    /// Only this share of them, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// At most so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// What happens.
    pub fault: Fault,
}

/// Places in a count from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Nth {
    /// One of them.
    One(u64),
    /// Any of these.
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

/// What happens to a request, its answer or its connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// Another answer than the service's, as of a gateway before it.
    Answer {
        /// 200 to 599.
        status: u16,
        /// The body; empty if not given.
        #[serde(default)]
        body: String,
        /// Headers, in order; `content-type` is JSON if not given.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Whether the request is carried out all the same.
        #[serde(default)]
        carried_out: bool,
    },
    /// 429 before anything is done.
    Throttle {
        /// How it says when to come back.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// The answer comes late.
    Delay {
        /// By so many ms,
        ms: u64,
        /// and up to so many more.
        #[serde(default)]
        jitter_ms: u64,
    },
    /// The answer comes in small pieces.
    Drip {
        /// Bytes of a piece.
        bytes: usize,
        /// ms between two pieces.
        every_ms: u64,
    },
    /// The connection ends.
    Cut {
        /// At which moment.
        when: CutPoint,
        /// In which way; closed if not given.
        #[serde(default)]
        how: CutMode,
    },
    /// `Content-Length` is wrong by so many bytes; then the connection is closed.
    WrongLength {
        /// More than there are if above 0, less if below.
        by: i64,
    },
    /// The body's second chunk has a size that is no number.
    BadChunk,
    /// A small gzip body that unpacks to so many MB of white space.
    GzipBomb {
        /// 1 to 1024.
        megabytes: usize,
    },
    /// The service's body with so many MB of white space behind it.
    HugeBody {
        /// 1 to 1024.
        megabytes: usize,
    },
    /// Lists inside lists.
    DeepJson {
        /// 1 to 10,000,000.
        levels: usize,
    },
    /// A byte in the first text that is no UTF-8.
    InvalidUtf8,
    /// Half of a pair of surrogates in the first text.
    LoneSurrogate,
    /// 307 to another address.
    Redirect {
        /// The address.
        to: String,
    },
    /// `next` leads to another address.
    Next {
        /// The address.
        to: String,
    },
}

impl Fault {
    /// Its name in a plan.
    pub(crate) fn name(&self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(name)) => name,
            Ok(Value::Object(named)) => named.keys().next().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }
}

/// How a 429 says when to come back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// It does not.
    #[default]
    Never,
    /// `Retry-After` in seconds, which may have a fraction.
    Seconds(f64),
    /// `Retry-After` as a date, so many seconds from now.
    Date(u32),
    /// `Retry-After-Ms`
    Ms(u64),
    /// `X-RateLimit-RetryAfter` in seconds.
    RateLimit(u32),
}

/// The moment at which a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutPoint {
    /// The request was read and is not carried out.
    BeforeCommit,
    /// The request was carried out; nobody hears of it.
    AfterCommit,
    /// It was carried out, and half of the answer's head was sent.
    InHead,
    /// It was carried out, and half of the answer's body was sent.
    InBody,
}

/// The way in which a connection ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutMode {
    /// It is closed in order (FIN).
    #[default]
    Close,
    /// It is reset (RST).
    Reset,
    /// It stays open, and nothing more comes.
    Stall,
}
