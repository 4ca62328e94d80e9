//! The error of a failed command: the problem, the fate of its request, the next step, and the exit
//! code.
//!
//! Facts are fields; [`Error::message`] words them, and no other code rewrites those words. No
//! message holds a token. The service's own words are printed, because the reader is the sender of
//! the request, but without control characters, which could rewrite a terminal.

mod fate;

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use desk_client::ErrorKind;
use serde_json::json;

pub(crate) use fate::{Fate, Scope};

/// The exit code of a failed command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Error = 1,
    Usage = 2,
    /// The data is incomplete, or not proven.
    Partial = 3,
    Auth = 4,
    TryLater = 5,
    /// A request may have been carried out; a user must investigate.
    Unknown = 6,
    Integrity = 7,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

const DISTRUST: &str =
    "if a proxy decrypts TLS, set SSL_CERT_FILE to its certificate authority; otherwise check the address";

/// A further fact about an error.
#[derive(Debug)]
pub(crate) enum Detail {
    /// An error that came before this one.
    Earlier(Box<Error>),
    Cause(Box<Error>),
    /// The service's own explanation, safe to print.
    Service(String),
    /// The service's explanation repeats the text of the message, and is not printed.
    ServiceRepeatsMessage,
    Note(String),
    /// A list, one entry a line.
    Lines(Vec<String>),
}

/// A failed command.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) exit: Exit,
    /// The class: one of the client's names, or `usage`, `credentials`, `io`, `integrity`,
    /// `partial`, `interrupted`, `busy`, `stopped`, `unknown`, `sent_before`.
    pub(crate) kind: &'static str,
    /// The problem alone; `message` adds the fate and the details.
    pub(crate) problem: String,
    /// `None` if the error is about no request, or if the fate is not known. Never treat `None` as
    /// `NotSent`.
    pub(crate) fate: Option<Fate>,
    pub(crate) scope: Scope,
    pub(crate) details: Vec<Detail>,
    pub(crate) hint: Option<String>,
    pub(crate) retryable: bool,
    /// Whether the service may have acted on a request of the command.
    pub(crate) may_have_acted: bool,
    /// The wait that the service asks for.
    pub(crate) retry_after: Option<Duration>,
}

/// The result of any step of a command.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(exit: Exit, kind: &'static str, problem: impl Into<String>) -> Error {
        Error {
            exit,
            kind,
            problem: problem.into(),
            fate: None,
            scope: Scope::Command,
            details: Vec::new(),
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

    /// Sets the next step: an imperative, with the command if there is one.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a further step to the hint.
    pub(crate) fn and_hint(mut self, hint: &str) -> Error {
        self.hint = Some(self.hint.map_or(hint.to_owned(), |first| format!("{first}; {hint}")));
        self
    }

    /// Sets the fate to `NotSent`.
    pub(crate) fn unsent(self) -> Error {
        Error { fate: Some(Fate::NotSent), ..self }
    }

    /// Records that batches before the failed one were sent.
    pub(crate) fn after_other_batches(self) -> Error {
        Error { scope: Scope::Batch, may_have_acted: true, ..self }
    }

    /// Adds a fact that follows the problem.
    pub(crate) fn note(self, note: impl Into<String>) -> Error {
        self.detail(Detail::Note(note.into()))
    }

    /// Adds a list that follows the problem, one entry a line.
    pub(crate) fn lines(self, lines: Vec<String>) -> Error {
        self.detail(Detail::Lines(lines))
    }

    /// Adds the error that made a command fail.
    pub(crate) fn cause(self, cause: Error) -> Error {
        self.detail(Detail::Cause(Box::new(cause)))
    }

    /// Adds an error that came before this one.
    pub(crate) fn earlier(self, earlier: Error) -> Error {
        self.detail(Detail::Earlier(Box::new(earlier)))
    }

    fn detail(mut self, detail: Detail) -> Error {
        self.details.push(detail);
        self
    }

    /// Makes this error the cause of `problem`; class, fate and hint stay.
    pub(crate) fn context(mut self, problem: impl Into<String>) -> Error {
        let outer = Error::new(self.exit, self.kind, problem);
        let hint = self.hint.take();
        let Error { fate, scope, retryable, may_have_acted, retry_after, .. } = self;
        Error { fate, scope, hint, retryable, may_have_acted, retry_after, ..outer }.cause(self)
    }

    /// The error for a file that could not be read or written.
    pub(crate) fn io(doing: &str, path: &Path, error: &io::Error) -> Error {
        use io::ErrorKind as Kind;
        let message = format!("cannot {doing} {}: {error}", path.display());
        let hint = match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
                "free disk space, then run the same command again; stored data is kept"
            }
            Kind::PermissionDenied => {
                "fix the permissions (`chmod u+rwx`) and run the same command again, or give another path"
            }
            Kind::ReadOnlyFilesystem => "give a path on a writable disk",
            Kind::NotFound => "check the path",
            Kind::AlreadyExists => "the path exists already; give another one",
            Kind::NotADirectory => "a part of this path is a file; give another one",
            _ => "fix the cause, then run the same command again",
        };
        Error::new(Exit::Error, "io", message).hint(hint)
    }

    /// The error for a failed call; `read` tells that the operation only reads.
    pub(crate) fn call(error: &desk_client::Error, read: bool) -> Error {
        let fate = Fate::from(error.outcome());
        let unknown = fate == Fate::Unknown && !read;
        let problem = match fate {
            // The client words the risk of a retry itself. The words about the other fates depend
            // on the whole command.
            Fate::Unknown => error.to_string(),
            Fate::NotSent | Fate::Rejected => format!("{error:#}"),
        };
        let service = error.service_text().map(|text| Detail::Service(printable(text, 300)));
        let (exit, hint) = match error.kind() {
            _ if unknown => (Exit::Unknown, Some("check whether it was carried out before you send it again")),
            ErrorKind::InvalidArgument if error.operation().is_none() => {
                (Exit::Usage, Some("give --application-id ID or --base-url URL, and a token; run `desk help`"))
            }
            ErrorKind::InvalidArgument => (Exit::Usage, Some("fix that argument, then run the command again")),
            ErrorKind::Unauthorized => {
                (Exit::Auth, Some("check the token (dashboard: Settings, Desk, Credentials) and the application"))
            }
            ErrorKind::NotFound if error.status() == Some(410) => {
                (Exit::Error, Some("give another id: the service has removed this one"))
            }
            ErrorKind::NotFound => {
                (Exit::Error, Some("check the id; without an id, check the address (`desk doctor`)"))
            }
            ErrorKind::Connect if error.is_untrusted_certificate() => (Exit::Error, Some(DISTRUST)),
            ErrorKind::Connect => {
                (Exit::TryLater, Some("check the address and the network, then run the same command again"))
            }
            ErrorKind::RateLimited => (Exit::TryLater, Some("wait, then run the same command again")),
            ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Service => {
                (Exit::TryLater, Some("run the same command again"))
            }
            ErrorKind::Inconsistent => {
                (Exit::Integrity, Some("run the same command again; if it fails again, report it"))
            }
            ErrorKind::Cancelled => (Exit::Interrupted, None),
            _ => (Exit::Error, None),
        };
        Error {
            details: service.into_iter().collect(),
            fate: Some(fate),
            hint: hint.map(str::to_owned),
            retryable: matches!(exit, Exit::TryLater | Exit::Interrupted),
            may_have_acted: unknown,
            retry_after: error.retry_after(),
            ..Error::new(exit, error.kind().name(), problem)
        }
    }

    /// Drops the service's explanation if it repeats `text`, the message to many recipients.
    pub(crate) fn discreet(mut self, text: &str) -> Error {
        let head = printable(&text.trim().chars().take(12).collect::<String>(), 12);
        for detail in &mut self.details {
            if matches!(detail, Detail::Service(words) if !head.is_empty() && words.contains(&head)) {
                *detail = Detail::ServiceRepeatsMessage;
            }
        }
        self
    }

    /// The problem, the fate and the details; on one line unless a detail has lines.
    pub(crate) fn message(&self) -> String {
        self.message_but(None)
    }

    /// As `message`, without the fate if it equals `worded`, which the outer error words.
    fn message_but(&self, worded: Option<(Fate, Scope)>) -> String {
        let mut text = String::new();
        for detail in &self.details {
            if let Detail::Earlier(error) = detail {
                text.push_str(&format!("{}; ", error.message()));
            }
        }
        text.push_str(&self.problem);
        let own = self.fate.map(|fate| (fate, self.scope));
        for detail in &self.details {
            if let Detail::Cause(error) = detail {
                text.push_str(&format!(": {}", error.message_but(own)));
            }
        }
        if own != worded
            && let Some(words) = self.consequence()
        {
            text.push_str(&format!("; {words}"));
        }
        for detail in &self.details {
            match detail {
                Detail::Service(words) => text.push_str(&format!("; the service says: {words}")),
                Detail::ServiceRepeatsMessage => text.push_str("; the service repeats the message"),
                _ => {}
            }
        }
        for detail in &self.details {
            match detail {
                Detail::Note(note) => text.push_str(&format!("; {note}")),
                Detail::Lines(lines) => lines.iter().for_each(|line| text.push_str(&format!("\n  {line}"))),
                _ => {}
            }
        }
        text
    }

    /// The words about the fate. The problem itself words an unknown one.
    fn consequence(&self) -> Option<&'static str> {
        match (self.fate?, self.scope) {
            (Fate::NotSent, Scope::Command) => Some("nothing was sent"),
            (Fate::NotSent, Scope::Batch) => Some("this batch was not sent"),
            (Fate::Rejected, Scope::Command) => Some("the service did nothing"),
            (Fate::Rejected, Scope::Batch) => Some("the service did nothing for this batch"),
            (Fate::Unknown, _) => None,
        }
    }

    /// The error as one line of JSON, or as text.
    pub(crate) fn render(&self, json: bool) -> String {
        if json { self.json() } else { self.to_string() }
    }

    /// One line of JSON.
    pub(crate) fn json(&self) -> String {
        let details = json!({
            "kind": self.kind,
            "outcome": self.fate.map(Fate::name),
            "message": self.message(),
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
        write!(f, "error: {}", self.message())?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n  hint: {hint}"))
    }
}

/// Makes foreign text safe for a terminal: one line, no control characters, at most `max`
/// characters.
pub(crate) fn printable(text: &str, max: usize) -> String {
    let mut plain = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
    let mut line: String = plain.clone().take(max).collect();
    if plain.nth(max).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_about_the_fate_follow_its_scope() {
        let error = || Error::new(Exit::TryLater, "connect", "no connection").unsent();
        assert_eq!(error().unsent().message(), "no connection; nothing was sent");
        assert_eq!(error().after_other_batches().message(), "no connection; this batch was not sent");
        let rejected = Error { fate: Some(Fate::Rejected), ..error() };
        assert_eq!(rejected.after_other_batches().message(), "no connection; the service did nothing for this batch");
        // A problem that happens to use these words keeps them.
        let error = Error::usage("`nothing was sent` is no list");
        assert_eq!(error.after_other_batches().message(), "`nothing was sent` is no list");
    }

    #[test]
    fn message_words_each_fact_once_and_in_order() {
        let read = Error::new(Exit::TryLater, "connect", "no connection").unsent().hint("check the address");
        let error = read.context("the check was not finished").note("3 rows are kept");
        assert_eq!(error.message(), "the check was not finished: no connection; nothing was sent; 3 rows are kept");
        assert_eq!(error.hint.as_deref(), Some("check the address"));
        let error = Error::usage("b").lines(vec!["line 1".to_owned()]).earlier(Error::integrity("a").unsent());
        assert_eq!(error.message(), "a; nothing was sent; b\n  line 1");
    }

    #[test]
    fn service_words_that_repeat_the_message_are_not_printed() {
        let says = |words: &str| Error::usage("refused").detail(Detail::Service(words.to_owned()));
        assert_eq!(
            says("no: Hello, Ann!").discreet("Hello, Ann!").message(),
            "refused; the service repeats the message"
        );
        assert_eq!(says("no team").discreet("Hello, Ann!").message(), "refused; the service says: no team");
    }

    #[test]
    fn words_of_others_cannot_drive_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\nc", 300), "a\u{FFFD}[2Jb\u{FFFD}c");
        assert_eq!(printable("abcdef", 3), "abc…");
    }
}
