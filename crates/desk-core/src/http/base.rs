//! The only origin to which a client sends requests and its token.

use http::Uri;
use url::Url;

use crate::Error;

/// A checked base URL without a trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    text: String,
    uri: Uri,
    host: String,
    port: u16,
    loopback: bool,
}

impl Base {
    /// The service's own address for an application; `server` contains `{application_id}`.
    pub(crate) fn of_application(server: &str, application_id: &str) -> Result<Base, Error> {
        check_application_id(application_id)?;
        Base::parse(&server.replace("{application_id}", application_id))
    }

    /// Parses an address: https, or http on this machine.
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
        let loopback = loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return refuse("is plain http; use https (http is for addresses of this machine only)"),
            _ => return refuse("must begin with https://"),
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        let Ok(uri) = Uri::try_from(url.as_str()) else {
            return refuse("is not a URL of HTTP; write https://host/path");
        };
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        Ok(Base { text, uri, host: host.to_owned(), port, loopback })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The base URL as hyper's type.
    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Host and port, for spans.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Whether the address is on this machine, which needs no proxy.
    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The address of `target`: a path with encoded segments, and optionally a query. The address
    /// must stay below the base URL: `join` refuses dot segments.
    pub(crate) fn join(&self, target: &str) -> Result<Uri, Error> {
        let path = target.split('?').next().unwrap_or_default();
        if !path.starts_with('/') || path.contains('#') || path.split('/').any(is_dots) {
            return Err(Error::invalid("the request would leave the base URL; check its path parameters"));
        }
        let mut parts = self.uri.clone().into_parts();
        let unfit =
            |why: &dyn std::fmt::Display| Error::invalid(format!("path and query are no address of HTTP ({why})"));
        let whole = [self.uri.path().trim_end_matches('/'), target].concat();
        parts.path_and_query = Some(whole.try_into().map_err(|error: http::uri::InvalidUri| unfit(&error))?);
        Uri::from_parts(parts).map_err(|error| unfit(&error))
    }
}

/// Whether a server may read a segment as `.` or `..`.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// Refuses an application id that could change the host.
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

    const SERVER: &str = "https://desk-api-{application_id}.sendbird.com/platform/v1";

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
            assert!(Base::of_application(SERVER, id).is_err(), "{id:?}");
        }
        let base = Base::of_application(SERVER, "12345678-ABCD-1234-ABCD-123456789ABC").expect("an id");
        assert_eq!(base.as_str(), "https://desk-api-12345678-abcd-1234-abcd-123456789abc.sendbird.com/platform/v1");
    }

    #[test]
    fn target_stays_below_the_base() {
        for base in ["https://desk.example/platform/v1/", "http://127.0.0.1:1", "http://[::1]:1/v1"] {
            let base = Base::parse(base).expect(base);
            for target in ["/a", "/a/caf%C3%A9%2F50%25%3F%23/b?x=1", "/a/...?y=/../z", "/a/%252e%252e"] {
                assert_eq!(base.join(target).expect(target).to_string(), format!("{}{target}", base.as_str()));
            }
            for target in
                ["", "a", "/a/../b", "/..", "/a/.", "/a/%2e%2E/b", "/.%2e", "/a#b", "/a b", "http://evil.example/"]
            {
                assert!(base.join(target).is_err(), "{target}");
            }
        }
    }
}
