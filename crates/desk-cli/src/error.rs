//! What a failed command says: what happened, whether anything was sent, what to type next; and its exit code.
//!
//! Invariant: no message holds a token. The service's own words are shown, because the reader is who sent the request, but
//! without control characters, which could rewrite a terminal.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use desk_client::{ErrorKind, Outcome};
use serde_json::json;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Error = 1,
    Usage = 2,
    /// Something is there, but not all of it, or not proven.
    Partial = 3,
    Auth = 4,
    TryLater = 5,
    /// A request may have been carried out; a person must find out.
    Unknown = 6,
    Integrity = 7,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

const DISTRUST: &str = "if a proxy here reads TLS, name its authority by SSL_CERT_FILE; else check the address";

/// Before the service's own words.
const SAYS: &str = "; the service says: ";

/// A failed command.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) exit: Exit,
    /// The class: one of the client's names, or `usage`, `credentials`, `io`, `integrity`, `partial`, `interrupted`, `busy`,
    /// `stopped`, `unknown`, `sent_before`.
    pub(crate) kind: &'static str,
    /// What is known of the request's fate, if there was one.
    pub(crate) outcome: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) retryable: bool,
    /// Whether the service may have changed something.
    pub(crate) may_have_acted: bool,
    /// When the service wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
}

/// Of any step of a command.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Error {
        Error {
            exit,
            kind,
            outcome: None,
            message: message.into(),
            hint: None,
            retryable: exit == Exit::TryLater,
            may_have_acted: false,
            retry_after: None,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::new(Exit::Usage, "usage", message)
    }

    pub(crate) fn integrity(message: impl Into<String>) -> Error {
        Error::new(Exit::Integrity, "integrity", message)
    }

    pub(crate) fn interrupted(message: impl Into<String>) -> Error {
        let error = Error::new(Exit::Interrupted, "interrupted", message);
        Error { retryable: true, ..error }
    }

    /// What to type next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// Says that nothing was sent.
    pub(crate) fn unsent(mut self) -> Error {
        if !self.message.contains("nothing was sent") {
            self.message.push_str("; nothing was sent");
        }
        self
    }

    /// Says of what was not sent that it was only this one: others before it were.
    pub(crate) fn after_others(self, what: &str) -> Error {
        let message = self.message.replace("nothing was sent", &format!("this {what} was not sent"));
        let message = message.replace("nothing was done", &format!("nothing was done of this {what}"));
        let hint = self.hint.map(|hint| hint.replace("; nothing has changed", ": it goes on from there"));
        Error { message, hint, may_have_acted: true, ..self }
    }

    /// A file could not be read or written.
    pub(crate) fn io(doing: &str, path: &Path, error: &io::Error) -> Error {
        use io::ErrorKind as Kind;
        let message = format!("cannot {doing} {}: {error}", path.display());
        let hint = match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
                "make room, then type the same command again: what is there is kept"
            }
            Kind::PermissionDenied => "let yourself into it (`ls -ld`, `chmod u+rwx`), or name another one",
            Kind::ReadOnlyFilesystem => "name a place that can be written",
            Kind::NotFound => "check the name",
            Kind::AlreadyExists => "something else has that name; name another one",
            Kind::NotADirectory => "a part of this path is a file; name another one",
            _ => "mend it, then type the same command again",
        };
        Error::new(Exit::Error, "io", message).hint(hint)
    }

    /// Of a call; `read` says whether it could change nothing.
    pub(crate) fn call(error: &desk_client::Error, read: bool) -> Error {
        let unknown = error.outcome() == Outcome::Unknown && !read;
        let mut message = error.to_string();
        if let Some(text) = error.service_text() {
            message.push_str(&format!("{SAYS}{}", shown(text, 300)));
        }
        let (exit, hint) = match error.kind() {
            _ if unknown => (Exit::Unknown, Some("look whether it was carried out before you send it again")),
            ErrorKind::InvalidArgument if error.operation().is_none() => {
                (Exit::Usage, Some("give --application-id ID or --base-url URL, and a token: see `desk help`"))
            }
            ErrorKind::InvalidArgument => (Exit::Usage, Some("mend that argument, then type it again")),
            ErrorKind::Unauthorized => {
                (Exit::Auth, Some("check the token (dashboard: Settings, Desk, Credentials) and the application"))
            }
            ErrorKind::NotFound if error.status() == Some(410) => (Exit::Error, Some("the service no longer has this")),
            ErrorKind::NotFound => (Exit::Error, Some("check the id; if there is none, the address (`desk doctor`)")),
            ErrorKind::Connect if error.is_untrusted_certificate() => (Exit::Error, Some(DISTRUST)),
            ErrorKind::Connect => (Exit::TryLater, Some("check the address and the network, then type it again")),
            ErrorKind::RateLimited => (Exit::TryLater, Some("wait, then type it again")),
            ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Service => {
                (Exit::TryLater, Some("type it again; nothing has changed"))
            }
            ErrorKind::Inconsistent => (Exit::Integrity, Some("type it again; if it stays, report it")),
            ErrorKind::Cancelled => (Exit::Interrupted, None),
            _ => (Exit::Error, None),
        };
        let outcome = match error.outcome() {
            Outcome::NotSent => "not_sent",
            Outcome::Rejected => "rejected",
            _ => "unknown",
        };
        Error {
            exit,
            kind: error.kind().name(),
            outcome: Some(outcome),
            message,
            hint: hint.map(str::to_owned),
            retryable: matches!(exit, Exit::TryLater | Exit::Interrupted),
            may_have_acted: unknown,
            retry_after: error.retry_after(),
        }
    }

    /// Without the service's words if they repeat a text that many get.
    pub(crate) fn discreet(mut self, text: &str) -> Error {
        let head = shown(&text.trim().chars().take(12).collect::<String>(), 12);
        let repeats = |words: &str| !head.is_empty() && words.contains(&head);
        if let Some((own, _)) = self.message.split_once(SAYS).filter(|(_, words)| repeats(words)) {
            self.message = format!("{own}; the service repeats the message");
        }
        self
    }

    /// For programs, or for people.
    pub(crate) fn told(&self, json: bool) -> String {
        if json { self.json() } else { self.to_string() }
    }

    /// One line of JSON.
    pub(crate) fn json(&self) -> String {
        let details = json!({
            "kind": self.kind,
            "outcome": self.outcome,
            "message": self.message,
            "hint": self.hint,
            "retryable": self.retryable,
            "may_have_acted": self.may_have_acted,
            "exit_code": self.exit as u8,
        });
        json!({ "error": details }).to_string()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n  hint: {hint}"))
    }
}

/// Text of others for a terminal: one line, no control characters, at most `most` characters.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut plain = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
    let mut line: String = plain.clone().take(most).collect();
    if plain.nth(most).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn words_of_others_cannot_drive_a_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\nc", 300), "a\u{FFFD}[2Jb\u{FFFD}c");
        assert_eq!(shown("abcdef", 3), "abc…");
    }
}
