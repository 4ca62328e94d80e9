//! Checks of arguments against the bounds of the spec, before the client sends a request. Errors
//! name the argument as every language spells it.

use std::fmt::Display;

use crate::Error;

/// Placeholder in a builder for a required field that is not set.
#[derive(Clone, Copy, Debug)]
pub struct Missing(());

impl Missing {
    /// The only value.
    pub const NEW: Missing = Missing(());
}

/// Checks that a number is within `min` and `max`.
pub fn number<T>(name: impl Display, value: T, min: Option<T>, max: Option<T>) -> Result<(), Error>
where
    T: PartialOrd + Display + Copy,
{
    let low = min.is_some_and(|min| value < min);
    let high = max.is_some_and(|max| value > max);
    if !low && !high {
        return Ok(());
    }
    let allowed = match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (_, Some(max)) => format!("{max} or less"),
        (None, None) => return Ok(()),
    };
    Err(Error::invalid(format!("{name} is {value}; it must be {allowed}")))
}

/// Checks that JSON can represent a number.
pub fn finite(name: impl Display, value: f64) -> Result<(), Error> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Error::invalid(format!("{name} is {value}, which JSON cannot hold; it must be a finite number")))
}

/// Checks that a length is within `min` and `max`; `unit` names the counted items.
pub fn length(name: impl Display, unit: &str, len: usize, min: Option<usize>, max: Option<usize>) -> Result<(), Error> {
    if min.is_some_and(|min| len < min) {
        let mend =
            if len == 0 { "it must not be empty".to_owned() } else { format!("it needs {} or more", min.unwrap_or(0)) };
        return Err(Error::invalid(format!("{name} has {len} {unit}; {mend}")));
    }
    if let Some(max) = max.filter(|max| len > *max) {
        return Err(Error::invalid(format!("{name} has {len} {unit}; it may have {max} at most")));
    }
    Ok(())
}

/// Checks that a text is one segment of a path: not empty, `.` or `..`, which URL parsers remove.
pub fn segment(name: impl Display, value: &str) -> Result<(), Error> {
    if matches!(value, "" | "." | "..") {
        return Err(Error::invalid(format!(
            "{name} is `{value}`, which cannot be part of a path; it must name something"
        )));
    }
    Ok(())
}

/// A request whose fields have bounds.
pub trait Check {
    /// Checks every field. `at` is the prefix of field names in errors: empty, or the name of the
    /// enclosing object and a dot.
    fn check(&self, at: &str) -> Result<(), Error>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_argument_and_the_mend() {
        let text = |result: Result<(), Error>| result.expect_err("out of bounds").to_string();
        assert_eq!(text(number("limit", 0, Some(1), Some(500))), "limit is 0; it must be 1 to 500");
        assert_eq!(text(number("offset", -1, Some(0), None)), "offset is -1; it must be 0 or more");
        assert_eq!(text(length("ids", "items", 0, Some(1), None)), "ids has 0 items; it must not be empty");
        assert_eq!(
            text(length("name", "characters", 3, None, Some(2))),
            "name has 3 characters; it may have 2 at most"
        );
        assert_eq!(text(segment("id", "..")), "id is `..`, which cannot be part of a path; it must name something");
        assert!(finite("x", f64::NAN).is_err() && finite("x", 1.5).is_ok());
        assert!(number("limit", 500, Some(1), Some(500)).is_ok());
    }
}
