//! The client: the state that all its calls share, and the options of the next ones.
//!
//! A [`Client`] is cheap to clone and may be used from any task or thread. It starts nothing by itself: calls open
//! connections, on the tokio runtime that runs them.

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

    /// The same client with other options for the calls made through it.
    pub fn with(&self, options: CallOptions) -> Client {
        Client { shared: self.shared.clone(), options }
    }

    /// Sends a request until it succeeds or another attempt is useless or forbidden, and decodes the body of its success.
    ///
    /// # Errors
    /// Every [`Error`] says by its [`Outcome`](crate::Outcome) whether the request may have had an effect.
    pub async fn send<T: Send>(&self, request: Request, decode: Decode<T>) -> Result<Response<T>, Error> {
        let mut value = None;
        let mut take = |answer: Answer| {
            value = Some(decode(answer.body)?);
            Ok(())
        };
        let response = self.run(request, &mut take).await?;
        response.with_value(value)
    }

    /// Makes a call that the spec does not have yet. A GET or HEAD is retried after transient failures, anything else only if
    /// the service certainly did nothing.
    ///
    /// # Errors
    /// As of [`Client::send`]; a path that leaves the base URL is refused before anything is sent.
    pub async fn raw_call(&self, request: &RawRequest) -> Result<Response<RawResult>, Error> {
        let mut value = None;
        let mut take = |answer: Answer| {
            value = Some(RawResult::new(answer.headers, answer.body.into()));
            Ok(())
        };
        let response = self.run(request.into(), &mut take).await?;
        response.with_value(value)
    }

    /// Boxed, so that everything below is compiled here and not again in each crate that makes a call.
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

    /// All rows of a list, window by window, with proof that none is lost or doubled.
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

    /// How long a stream waits for a page that it prefetched: as long as one attempt of a call may take.
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
