//! What the generated client asks of a call: addresses, and how a request is sent.
//!
//! An answer goes back to it only if the call has no reader of its own, or that gave up.

use bytes::Bytes;
use http::StatusCode;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Request, ResponseBuilderExt, Url};

use crate::generated::wire;
use crate::request::Requests;
use crate::transport::Call;

/// Any status that progenitor takes for a failure; `Call::finish` reads the record instead.
const NOT_THIS: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

impl Call {
    /// The generated client for this call alone.
    pub(crate) fn api(&self) -> wire::Client {
        wire::Client { baseurl: String::new(), inner: self.clone() }
    }

    /// What requests are made with.
    pub(crate) fn requests(&self) -> Requests {
        Requests
    }

    /// progenitor's trait has a client of reqwest, for hooks that send with it. These do not.
    pub(crate) fn no_client(&self) -> &reqwest::Client {
        unreachable!("requests are sent by pool.rs")
    }

    /// Where the generated client finds a path, whose segments it has encoded.
    pub(crate) fn url(&self, path: String) -> Url {
        self.shared.base.at(&path)
    }
}

impl ClientHooks<Call> for wire::Client {
    async fn exec(&self, request: Request, _info: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        let call = &self.inner;
        // Without an address of its own reqwest reads one that it makes up.
        let response = http::Response::builder().url(request.url().clone()).body(Bytes::new());
        let mut response = response.unwrap_or_default();
        match call.send_until_done(request).await {
            Ok(answer) => match (call.reader.unwrap_or(Err))(answer.body) {
                Err(body) => {
                    *response.status_mut() = answer.status;
                    *response.headers_mut() = answer.headers;
                    *response.body_mut() = body.into();
                }
                Ok(read) => {
                    *response.status_mut() = NOT_THIS;
                    call.record().read = Some(read);
                }
            },
            Err(failure) => {
                *response.status_mut() = NOT_THIS;
                call.record().failure = Some(failure);
            }
        }
        Ok(response.into())
    }
}
