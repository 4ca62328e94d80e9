//! The one origin that a client talks to, and the only place the token may go.

use http::Uri;
use reqwest::Url;

use crate::Error;
use crate::generated::SERVER;

/// A checked base URL without a trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    url: Url,
    text: String,
    uri: Uri,
}

impl Base {
    /// The service's own address for an application.
    pub(crate) fn of_application(application_id: &str) -> Result<Base, Error> {
        check_application_id(application_id)?;
        Base::parse(&SERVER.replace("{application_id}", application_id))
    }

    /// Any address: https, or http on this machine.
    pub(crate) fn parse(text: &str) -> Result<Base, Error> {
        let url = Url::parse(text)
            .map_err(|error| Error::invalid(format!("base_url is not a URL ({error}); write https://host/path")))?;
        let refuse = |why: &str| Err(Error::invalid(format!("base_url {why}")));
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("carries a user name or password; remove them, the token is set apart");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("carries a query or fragment; end it with the path");
        }
        match url.scheme() {
            "https" => {}
            "http" if loopback(&url) => {}
            "http" => return refuse("is plain http; use https (http is for addresses of this machine only)"),
            _ => return refuse("must begin with https://"),
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        let Ok(uri) = Uri::try_from(url.as_str()) else {
            return refuse("is not a URL of HTTP; write https://host/path");
        };
        Ok(Base { url, text, uri })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The same as hyper wants it.
    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// What a span names the server by.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        (self.url.host_str().unwrap_or_default(), self.url.port_or_known_default().unwrap_or_default())
    }

    /// Whether the address is on this machine; no proxy is used then.
    pub(crate) fn is_loopback(&self) -> bool {
        loopback(&self.url)
    }

    /// The address of a path below this one; each segment is encoded.
    pub(crate) fn join(&self, path: &str) -> Result<Url, Error> {
        let refuse = |why: &str| Err(Error::invalid(format!("path {why}; write it relative to the base URL, as a/1")));
        if path.contains(['?', '#', '\\']) || path.contains("://") {
            return refuse("holds more than a path");
        }
        // A URL leaves tabs and line breaks out: what remains would name something else.
        if path.contains(char::is_control) {
            return refuse("holds a control character");
        }
        let mut url = self.url.clone();
        {
            let Ok(mut segments) = url.path_segments_mut() else { return refuse("cannot be added to the base URL") };
            segments.pop_if_empty();
            for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
                if matches!(segment, "" | "." | "..") {
                    return refuse("has an empty segment, `.` or `..`");
                }
                segments.push(segment);
            }
        }
        if self.covers(&url) { Ok(url) } else { refuse("leaves the base URL") }
    }

    /// The address of a path below this one whose segments are encoded: cheaper than to read the whole address again.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&[self.url.path().trim_end_matches('/'), path].concat());
        url
    }

    /// The address of a request as hyper wants it, if it stays on this origin and below this path. Cheaper than to read the
    /// whole address again.
    pub(crate) fn target(&self, url: &Url) -> Result<Uri, Error> {
        if !self.covers(url) {
            return Err(Error::invalid("the request would leave the base URL; check its path parameters"));
        }
        let path = match url.query() {
            Some(query) => [url.path(), "?", query].concat(),
            None => url.path().to_owned(),
        };
        let mut parts = self.uri.clone().into_parts();
        let unfit =
            |why: &dyn std::fmt::Display| Error::invalid(format!("path and query are no address of HTTP ({why})"));
        parts.path_and_query = Some(path.try_into().map_err(|error: http::uri::InvalidUri| unfit(&error))?);
        Uri::from_parts(parts).map_err(|error| unfit(&error))
    }

    /// Whether a request stays on this origin and below this path.
    pub(crate) fn covers(&self, url: &Url) -> bool {
        let base = self.url.path().trim_end_matches('/');
        let same =
            (url.scheme(), url.host_str(), url.port()) == (self.url.scheme(), self.url.host_str(), self.url.port());
        same && url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Refuses an id that could change the host it becomes part of.
pub(crate) fn check_application_id(id: &str) -> Result<(), Error> {
    let fits = !id.is_empty()
        && id.len() <= 63 - "desk-api-".len()
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits {
        return Ok(());
    }
    Err(Error::invalid(
        "application_id must be letters, digits and `-`, as in the dashboard (Settings, Application, General); copy it from there",
    ))
}

fn loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_addresses_that_could_leak_the_token() {
        let cases = [
            ("http://desk.example/platform/v1", "plain http"),
            ("http://127.0.0.1.evil.example/v1", "plain http"),
            ("http://localhost.evil.example/v1", "plain http"),
            ("https://user@desk.example/v1", "user name"),
            ("https://desk.example/v1?x=1", "query"),
            ("https://desk.example/v1#x", "fragment"),
            ("ftp://desk.example/v1", "https://"),
            ("desk.example/v1", "not a URL"),
            ("", "not a URL"),
        ];
        for (text, why) in cases {
            let error = Base::parse(text).expect_err(text).to_string();
            assert!(error.contains(why) && error.starts_with("base_url"), "{text}: {error}");
        }
        for text in ["https://desk.example/v1/", "http://127.0.0.1:1/v1", "http://[::1]:1", "http://localhost:1/v1"] {
            assert!(!Base::parse(text).expect(text).as_str().ends_with('/'), "{text}");
        }
    }

    #[test]
    fn application_id_cannot_change_the_host() {
        for id in ["", "a/b", "a@b", "a.b", "a b", "a\n", "ä", "%2e", &"a".repeat(64)] {
            assert!(Base::of_application(id).is_err(), "{id:?}");
        }
        let base = Base::of_application("12345678-ABCD-1234-ABCD-123456789ABC").expect("an id");
        assert_eq!(base.as_str(), "https://desk-api-12345678-abcd-1234-abcd-123456789abc.sendbird.com/platform/v1");
    }

    #[test]
    fn an_encoded_path_is_the_same_read_or_joined() {
        for base in ["https://desk.example/platform/v1/", "http://127.0.0.1:1", "http://[::1]:1/v1"] {
            let base = Base::parse(base).expect(base);
            for path in ["/a", "/a/caf%C3%A9%2F50%25%3F%23/b", "/a/%2E%2E/b", "/a b", "/a/../b", "/a/é"] {
                assert_eq!(base.at(path), Url::parse(&format!("{}{path}", base.as_str())).expect(path));
            }
        }
    }

    #[test]
    fn covers_only_what_is_below_it() {
        let base = Base::parse("https://desk.example/platform/v1").expect("a URL");
        let inside = |text: &str| base.covers(&Url::parse(text).expect("a URL"));
        assert!(inside("https://desk.example/platform/v1/tickets"));
        assert!(!inside("https://desk.example/platform/v10"));
        assert!(!inside("https://desk.example/platform"));
        assert!(!inside("http://desk.example/platform/v1/tickets"));
        assert!(!inside("https://desk.example:444/platform/v1/tickets"));
        assert!(!inside("https://evil.example/platform/v1/tickets"));
    }
}
