//! Requests as the generated client builds them: the part of reqwest's builder that it asks for, without a client behind it.
//!
//! A client of reqwest would bring connections, certificates and settings of its own into every program, for nothing.
#![allow(dead_code, reason = "which methods are called depends on the spec")]

use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Request, Url};
use serde::Serialize;

type Error = progenitor_client::Error<()>;

/// Begins requests.
#[derive(Clone, Copy)]
pub(crate) struct Requests;

impl Requests {
    pub(crate) fn get(self, url: Url) -> Building {
        self.request(Method::GET, url)
    }

    pub(crate) fn head(self, url: Url) -> Building {
        self.request(Method::HEAD, url)
    }

    pub(crate) fn post(self, url: Url) -> Building {
        self.request(Method::POST, url)
    }

    pub(crate) fn put(self, url: Url) -> Building {
        self.request(Method::PUT, url)
    }

    pub(crate) fn patch(self, url: Url) -> Building {
        self.request(Method::PATCH, url)
    }

    pub(crate) fn delete(self, url: Url) -> Building {
        self.request(Method::DELETE, url)
    }

    pub(crate) fn request(self, method: Method, url: Url) -> Building {
        Building(Ok(Request::new(method, url)))
    }
}

/// A request that is being built; the first thing that cannot be is told at the end.
pub(crate) struct Building(Result<Request, String>);

impl Building {
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Building {
        if let Ok(request) = &mut self.0 {
            request.headers_mut().append(name, value);
        }
        self
    }

    /// Replaces headers of the same names.
    pub(crate) fn headers(mut self, headers: HeaderMap) -> Building {
        if let Ok(request) = &mut self.0 {
            request.headers_mut().extend(headers);
        }
        self
    }

    /// Adds to the query.
    pub(crate) fn query<T: Serialize + ?Sized>(self, query: &T) -> Building {
        self.and_then(|request| {
            let url = request.url_mut();
            query.serialize(serde_urlencoded::Serializer::new(&mut url.query_pairs_mut()))?;
            if url.query() == Some("") {
                url.set_query(None);
            }
            Ok(())
        })
    }

    pub(crate) fn json<T: Serialize + ?Sized>(self, body: &T) -> Building {
        self.and_then(|request| {
            *request.body_mut() = Some(serde_json::to_vec(body)?.into());
            request.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
            Ok(())
        })
    }

    #[allow(clippy::result_large_err, reason = "progenitor's own")]
    pub(crate) fn build(self) -> Result<Request, Error> {
        self.0.map_err(Error::InvalidRequest)
    }

    fn and_then(self, step: impl FnOnce(&mut Request) -> Result<(), Box<dyn std::error::Error>>) -> Building {
        Building(self.0.and_then(|mut request| match step(&mut request) {
            Ok(()) => Ok(request),
            Err(error) => Err(error.to_string()),
        }))
    }
}
