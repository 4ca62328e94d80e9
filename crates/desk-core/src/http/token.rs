//! The API token: kept out of every output, wiped from memory when dropped.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::Error;

/// A checked token.
pub(crate) struct Token(Zeroizing<String>);

impl Token {
    /// Checks a token. The error of a token that no HTTP header can carry does not repeat it.
    pub(crate) fn new(token: Zeroizing<String>) -> Result<Token, Error> {
        if token.is_empty() {
            return Err(Error::invalid(
                "api_token is empty; set it to a token from the dashboard (Settings, Desk, Credentials)",
            ));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                "api_token holds a space, a line break or another character that no token has; remove it (a file often ends in one)",
            ));
        }
        Ok(Token(token))
    }

    /// Whether a text contains the token.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        text.contains(self.0.as_str())
    }

    /// Whether a text contains the token in any letter case; host names, for example, are in lower
    /// case.
    pub(crate) fn is_in_any_case(&self, text: &str) -> bool {
        text.to_lowercase().contains(Zeroizing::new(self.0.to_lowercase()).as_str())
    }

    /// The length of the token, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The text with the token redacted.
    pub(crate) fn struck_from(&self, text: String) -> String {
        if self.is_in(&text) { text.replace(self.0.as_str(), "[redacted]") } else { text }
    }

    /// The value of the token header, marked as sensitive so that logs and HTTP/2 tables do not
    /// keep it. hyper owns this copy.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        let mut value =
            HeaderValue::from_str(&self.0).map_err(|_| Error::invalid("api_token cannot be sent in a header"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_wiped_and_never_shown() {
        fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let token = Token::new(Zeroizing::new("secret-1".to_owned())).expect("a token");
        wiped(&token.0);
        assert_eq!(format!("{token:?} {token:#?}"), "[redacted] [redacted]");
        assert!(token.header().expect("a value").is_sensitive());
        assert_eq!(token.struck_from("no secret-1!".to_owned()), "no [redacted]!");
    }
}
