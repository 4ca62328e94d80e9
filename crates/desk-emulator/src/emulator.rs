//! Starting, driving and stopping an emulator: [`Builder`] and the [`Emulator`] handle.
//!
//! Every emulator runs on a thread and a runtime of its own, so it serves asynchronous and plain synchronous callers
//! alike. The handle's methods do their (short) store work on the calling thread. When the handle is dropped the
//! port is closed and nothing goes on running. It never listens beyond loopback.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::behaviour::{Behaviour, SharedBehaviour};
use crate::clock::{Clock, ClockState};
use crate::error::Result;
use crate::faults::{FaultCount, FaultPlan, Faults};
use crate::http::{self, Log, RateLimiter, RequestEntry, Service};
use crate::model::{Agent, Customer, Group, NewAgent, NewCustomer, Presence, ProactiveSender, Ticket, TicketStatus};
use crate::store::deliveries::{Delivery, RepeatedMessage};
use crate::store::drift::{Change, Drift};
use crate::store::import::MessageImport;
use crate::store::seed::{SeedReport, SeedRequest};
use crate::store::{Settings, SharedStore, Store};
use crate::time::Time;
use crate::webhook::{WebhookDelivery, Webhooks};

/// How an emulator is to start. The defaults: a free port, a random token, an empty service in memory.
#[derive(Clone, Default)]
pub struct Builder {
    port: u16,
    data: Option<PathBuf>,
    token: Option<String>,
    behaviour: Behaviour,
    faults: FaultPlan,
    settings: Settings,
}

impl Builder {
    /// The loopback port; 0 takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Keeps the state in this SQLite file, which is made when it is missing. One emulator at a time can use it.
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.data = Some(file.into());
        self
    }

    /// The API token to accept: printable ASCII without spaces. Without one a random `emu_…` token is made.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Starts with the demo content and lets the first customer of each proactive chat answer by itself.
    pub fn demo(mut self, demo: bool) -> Self {
        self.settings.demo = demo;
        self
    }

    /// Starts with this many seeded messages, after the demo content if both are asked for.
    pub fn seed_rows(mut self, rows: u64) -> Self {
        self.settings.seed_rows = rows;
        self
    }

    /// Another seed for the seeded messages: other conversations.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Answers 400 to a `limit` or `offset` out of range, instead of taking the nearest sensible value.
    pub fn strict_paging(mut self, strict: bool) -> Self {
        self.behaviour.strict_paging = strict;
        self
    }

    /// How it behaves where the documents leave that open.
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Starts with faults.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Who sends the message of a proactive chat.
    pub fn proactive_sender(mut self, sender: ProactiveSender) -> Self {
        self.behaviour.proactive_sender = sender;
        self
    }

    /// Starts without blocking the calling task. Fails when the port is in use, or the data file, the token or the
    /// fault plan is invalid.
    pub async fn start(self) -> io::Result<Emulator> {
        let (sender, receiver) = oneshot::channel();
        std::thread::spawn(move || drop(sender.send(self.start_blocking())));
        receiver.await.map_err(|_| io::Error::other("the emulator's starting thread ended early"))?
    }

    /// Starts from synchronous code; fails as [`Builder::start`] does.
    pub fn start_blocking(self) -> io::Result<Emulator> {
        let address_to_bind = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = TcpListener::bind(address_to_bind).map_err(|error| {
            let kind = error.kind();
            io::Error::new(kind, format!("cannot listen on {address_to_bind}: {kind}; choose another port, or 0"))
        })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (clock, behaviour) = (Clock::default(), SharedBehaviour::default());
        let store = Store::open(self.data.as_deref(), self.settings, clock.clone(), behaviour.clone())?;
        let token = match self.token {
            Some(token) if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
                let text = "the token must be printable ASCII without spaces, at least one character";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
            Some(token) => token,
            None => store.random_token().map_err(io::Error::other)?,
        };
        let store = SharedStore::new(store);
        let (faults, log, webhooks) = (Faults::default(), Log::default(), Webhooks::default());
        let invalid_input = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        faults.set(self.faults).map_err(invalid_input)?;
        behaviour.set(self.behaviour).map_err(invalid_input)?;
        let service = Service {
            store: store.clone(),
            token: token.as_str().into(),
            address,
            behaviour: behaviour.clone(),
            demo: self.settings.demo,
            faults: faults.clone(),
            log: log.clone(),
            rate_limiter: RateLimiter::default(),
            clock: clock.clone(),
            webhooks: webhooks.clone(),
        };
        let (stop, stop_requested) = oneshot::channel();
        let (ended, done) = oneshot::channel();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        // The store takes one step at a time; more threads would only wait for it.
        let runtime = runtime.max_blocking_threads(2).enable_all().build()?;
        let thread = std::thread::Builder::new().name("desk-emulator".to_owned()).spawn(move || {
            runtime.block_on(http::serve(listener, service, stop_requested));
            // Ends the tasks that are left, such as a demo answer that is still due.
            drop(runtime);
            // Nobody waits for it after a plain drop.
            let _ = ended.send(());
        })?;
        Ok(Emulator {
            store,
            behaviour,
            faults,
            log,
            clock,
            webhooks,
            address,
            token,
            running: Some(Running { stop, thread }),
            done,
        })
    }
}

/// A running emulator. Dropping it stops it.
pub struct Emulator {
    store: SharedStore,
    behaviour: SharedBehaviour,
    faults: Faults,
    log: Log,
    clock: Clock,
    webhooks: Webhooks,
    address: SocketAddr,
    token: String,
    running: Option<Running>,
    done: oneshot::Receiver<()>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Emulator {
    /// Starts an empty emulator on a free port with a random token.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// [`Emulator::start`] for synchronous code.
    pub fn start_blocking() -> io::Result<Self> {
        Self::builder().start_blocking()
    }

    /// Starts one with other settings than the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base URL of the API, `http://127.0.0.1:PORT/platform/v1`.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.url(), http::BASE_PATH)
    }

    /// The URL of the server, `http://127.0.0.1:PORT`; `/_emulator` is below it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The token to send in the header `SENDBIRDDESKAPITOKEN`.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Adds a group. The key is made of lower-case letters, digits, `-` and `_`, and must be new (409 otherwise).
    pub fn add_group(&self, key: &str, name: &str) -> Result<Group> {
        self.store.lock().add_group(key, name)
    }

    /// Adds an agent; one who is ONLINE gets the pending tickets of the agent's groups at once.
    pub fn add_agent(&self, agent: NewAgent) -> Result<Agent> {
        self.store.lock().add_agent(agent)
    }

    /// Adds a customer.
    pub fn add_customer(&self, customer: NewCustomer) -> Result<Customer> {
        self.store.lock().add_customer(customer)
    }

    /// Changes an agent's presence. ONLINE routes pending tickets, oldest first; leaving makes the agent's active
    /// tickets pending, and they go to somebody else who is free.
    pub fn set_presence(&self, agent_id: i64, presence: Presence) -> Result<Agent> {
        self.store.lock().set_presence(agent_id, presence)
    }

    /// Lets the customer of a ticket write. The first answer to a proactive ticket routes it. 409 when it is closed.
    pub fn customer_reply(&self, ticket_id: i64, message: &str) -> Result<Ticket> {
        self.store.lock().customer_reply(ticket_id, message)
    }

    /// Lets an agent write: any agent before the customer's answer, only the assigned one after it (409 otherwise).
    /// Without an id it is the assigned agent, or the one who created the proactive chat.
    pub fn agent_reply(&self, ticket_id: i64, agent_id: Option<i64>, message: &str) -> Result<Ticket> {
        self.store.lock().agent_reply(ticket_id, agent_id, message)
    }

    /// Puts a ticket aside or back: ACTIVE to IDLE (not if the customer wrote last), ACTIVE or IDLE to WORK_IN_PROGRESS, and
    /// from there to PENDING or, with an agent who is there, to ACTIVE. 409 for anything else.
    pub fn move_ticket(&self, ticket_id: i64, to: TicketStatus, agent_id: Option<i64>) -> Result<Ticket> {
        self.store.lock().move_ticket(ticket_id, to, agent_id)
    }

    /// Closes a ticket. 409 when it is closed already.
    pub fn close_ticket(&self, ticket_id: i64, comment: Option<&str>) -> Result<Ticket> {
        self.store.lock().close_ticket(ticket_id, comment)
    }

    /// Reads a ticket.
    pub fn ticket(&self, ticket_id: i64) -> Result<Ticket> {
        self.store.lock().ticket(ticket_id)
    }

    /// Reads all tickets, or those of one proactive chat, by ascending id.
    pub fn tickets(&self, proactive_id: Option<i64>) -> Result<Vec<Ticket>> {
        Ok(self.store.lock().tickets(proactive_id, i64::MAX, 0)?.1)
    }

    /// Adds made-up messages on closed tickets of their own. A million rows take seconds on the calling thread.
    pub fn seed(&self, request: SeedRequest) -> Result<SeedReport> {
        self.store.lock().seed(request)
    }

    /// How it behaves from now on. 400 names a switch that means nothing.
    pub fn set_behaviour(&self, behaviour: Behaviour) -> Result<()> {
        self.behaviour.set(behaviour)
    }

    /// How it behaves now.
    pub fn behaviour(&self) -> Behaviour {
        self.behaviour.get()
    }

    /// What happens to the messages behind answers of the list of all of them, which are counted from now on.
    pub fn set_drift(&self, script: Vec<Drift>) -> Result<()> {
        self.store.lock().set_drift(script)
    }

    /// Changes the messages at once.
    pub fn change_messages(&self, change: &Change) -> Result<()> {
        self.store.lock().change_messages(change)
    }

    /// Adds messages as they are, all or none; gives their ids.
    pub fn import_messages(&self, rows: &[MessageImport]) -> Result<Vec<i64>> {
        self.store.lock().import(rows)
    }

    /// Sets the service's clock: the times of what happens, and the header `Date`. Not before 1970 (400).
    pub fn set_clock(&self, now: Time, stopped: bool) -> Result<()> {
        self.clock.set(ClockState { now, stopped })
    }

    /// Lets the clock go with the machine's again.
    pub fn follow_clock(&self) {
        self.clock.follow();
    }

    /// Keeps a copy of the data under a name, in the place of one before.
    pub fn snapshot(&self, name: &str) -> Result<()> {
        self.store.lock().snapshot(name)
    }

    /// Goes back to a copy of the data, which stays; 404 if there is none of this name.
    pub fn restore(&self, name: &str) -> Result<()> {
        self.store.lock().restore(name)
    }

    /// Where to tell of tickets whose status changes: an `http://` URL on this machine (400 else), or nowhere.
    pub fn set_webhook(&self, url: Option<&str>) -> Result<()> {
        self.webhooks.set(&self.store, url)
    }

    /// The last 1,000 notices of changed statuses, from the oldest.
    pub fn webhook_deliveries(&self) -> Vec<WebhookDelivery> {
        self.webhooks.deliveries()
    }

    /// Puts a fault plan in the place of the one before; an empty one ends all faults. 400 names a rule that means
    /// nothing; then the plan before stays.
    pub fn set_faults(&self, plan: FaultPlan) -> Result<()> {
        self.faults.set(plan)
    }

    /// The rules in force, with how often each fired.
    pub fn faults(&self) -> Vec<FaultCount> {
        self.faults.counts().1
    }

    /// The last 10,000 requests to the API, from the oldest. They hold neither token nor text of messages.
    pub fn requests(&self) -> Vec<RequestEntry> {
        self.log.entries()
    }

    /// Every message that reached a customer first, of one customer or of all, in the order of sending.
    pub fn deliveries(&self, customer_id: Option<i64>) -> Result<Vec<Delivery>> {
        Ok(self.store.lock().deliveries(customer_id, i64::MAX, 0)?.1)
    }

    /// Everybody who got the same text more than once. Empty is what a sender wants.
    pub fn messaged_twice(&self) -> Result<Vec<RepeatedMessage>> {
        self.store.lock().messaged_twice()
    }

    /// Goes back to the state it started with: nothing, or the demo content and the seeded rows of the builder.
    pub fn reset(&self) -> Result<()> {
        self.store.lock().reset()
    }

    /// Stops: no new connection, a second for requests under way, then everything ends. The data file is free for
    /// the next one when this returns.
    pub async fn shutdown(mut self) {
        if let Some(running) = self.running.take() {
            // Fails only when the server is gone already.
            let _ = running.stop.send(());
            let _ = (&mut self.done).await;
            let _ = running.thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let _ = running.stop.send(());
            let _ = running.thread.join();
        }
    }
}

impl std::fmt::Debug for Emulator {
    /// Without the token: it opens the service.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("address", &self.address).finish_non_exhaustive()
    }
}
