//! The client: the state that all its calls share, and the options of new calls.
//!
//! A [`Client`] is cheap to clone and may be used from any task or thread. Creating a client starts
//! no task or thread: calls open connections, on the tokio runtime that runs them.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::call::{Answer, Call, Shared, Take};
use crate::decode::Decode;
use crate::export::Export;
use crate::list::{ItemStream, List, Page, Pages, RowDecoder};
use crate::options::CallOptions;
use crate::raw::{RawRequest, RawResult};
use crate::request::Request;
use crate::{Error, Response};

/// A client of one application of a service.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    options: CallOptions,
}

impl Client {
    pub(crate) fn new(shared: Shared) -> Client {
        Client { shared: Arc::new(shared), options: CallOptions::default() }
    }

    /// The same client with other options for its calls.
    pub fn with(&self, options: CallOptions) -> Client {
        Client { shared: self.shared.clone(), options }
    }

    /// Sends a request, retries it while the retry policy allows another attempt, and decodes the
    /// body of the successful response.
    ///
    /// # Errors
    /// The [`Outcome`](crate::Outcome) of every [`Error`] states whether the request may have had
    /// an effect.
    pub async fn send<T: Send>(&self, request: Request, decode: Decode<T>) -> Result<Response<T>, Error> {
        let mut value = None;
        let mut take = |answer: Answer| {
            value = Some(decode(answer.body)?);
            Ok(())
        };
        let response = self.run(request, &mut take).await?;
        response.with_value(value)
    }

    /// Calls an endpoint that the spec does not describe yet. The client retries a GET or HEAD
    /// after transient failures; it retries any other method only if the service certainly did not
    /// process the request.
    ///
    /// # Errors
    /// As for [`Client::send`]; the client refuses a path that leaves the base URL before it sends
    /// a request.
    pub async fn raw_call(&self, request: &RawRequest) -> Result<Response<RawResult>, Error> {
        let mut value = None;
        let mut take = |answer: Answer| {
            value = Some(RawResult::new(answer.headers, answer.body.into()));
            Ok(())
        };
        let response = self.run(request.into(), &mut take).await?;
        response.with_value(value)
    }

    /// Runs one call. The future is boxed, so that this crate compiles the code below it once,
    /// instead of each crate that makes a call.
    fn run<'a>(
        &'a self,
        request: Request,
        take: &'a mut Take<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<()>, Error>> + Send + 'a>> {
        Box::pin(async move { Call::new(&self.shared, &self.options, request.operation).run(request, take).await })
    }

    /// All rows of a list, page after page.
    pub fn stream<T: Send + 'static>(&self, list: List, rows: RowDecoder<T>) -> ItemStream<T> {
        let (limit, offset) = (list.limit, list.offset);
        ItemStream::new(self.pages(list, rows), limit, offset)
    }

    /// All rows of a list, window by window, with proof that no row is lost or duplicated.
    pub fn export<T: Send + 'static>(&self, list: List, rows: RowDecoder<T>) -> Export<T> {
        let (limit, range, time) = (list.limit, list.range, rows.time);
        let pages = self.pages(list, rows);
        match range {
            Some(range) => Export::new(pages, time, range.partitions, range.from, range.until, limit),
            None => Export::whole(pages, time, limit),
        }
    }

    fn pages<T: Send + 'static>(&self, list: List, rows: RowDecoder<T>) -> Pages<T> {
        let client = self.clone();
        let List { operation, max_limit, request, .. } = list;
        Pages::new(operation.id, max_limit, self.patience(), rows.id, move |page| {
            let mut client = client.clone();
            client.options.ahead = page.ahead;
            let request = request(&page);
            async move {
                let response = client.send(request, rows.decode).await?;
                let date = response.server_date();
                Ok(Page::new(response.into_inner(), date))
            }
        })
    }

    /// Time that a stream waits for a prefetched page: the time limit of one attempt.
    fn patience(&self) -> Duration {
        let attempt = self.options.attempt_timeout.unwrap_or(self.shared.attempt_timeout);
        attempt.min(self.options.timeout.unwrap_or(self.shared.timeout))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("shared", &self.shared).field("options", &self.options).finish()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use super::Client;
    use crate::request::Service;
    use crate::{Builder, CallOptions};

    #[test]
    fn prefetched_page_is_waited_for_no_longer_than_a_call_may_take() {
        const SERVICE: Service = Service { server: "https://{application_id}.example", token_header: "token" };
        let client: Client = Builder::new(&SERVICE, "A").api_token("t0ken").build().expect("a client");
        let (short, long) = (Duration::from_millis(30), Duration::from_secs(300));
        assert_eq!(client.with(CallOptions::new().timeout(short)).patience(), short);
        assert_eq!(client.with(CallOptions::new().attempt_timeout(short)).patience(), short);
        assert_eq!(client.with(CallOptions::new().timeout(long)).patience(), Duration::from_secs(60));
    }
}
