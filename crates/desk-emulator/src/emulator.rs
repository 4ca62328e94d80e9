//! Starting, controlling and stopping an emulator: [`Builder`] and [`Emulator`].
//!
//! Each emulator has its own thread and runtime, so it works from asynchronous and synchronous
//! code. The methods of the handle access the store on the calling thread. Dropping the handle
//! closes the port and ends all tasks. An emulator listens on loopback only.

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

/// Settings of an emulator. The defaults: a free port, a random token, an empty service in memory.
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
    /// The loopback port; 0: a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Keeps the state in this SQLite file, which is created if it does not exist. Only one
    /// emulator at a time can use the file.
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.data = Some(file.into());
        self
    }

    /// The API token to accept: printable ASCII without spaces. The default is a random `emu_…`
    /// token.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Starts with the demo content. The first customer of each proactive chat replies
    /// automatically.
    pub fn demo(mut self, demo: bool) -> Self {
        self.settings.demo = demo;
        self
    }

    /// Starts with this many seeded messages, after the demo content if there is any.
    pub fn seed_rows(mut self, rows: u64) -> Self {
        self.settings.seed_rows = rows;
        self
    }

    /// The seed of the seeded messages; another seed makes other conversations.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Responds 400 to a `limit` or `offset` out of range instead of clamping it.
    pub fn strict_paging(mut self, strict: bool) -> Self {
        self.behaviour.strict_paging = strict;
        self
    }

    /// Behaviour where the documents leave a choice.
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Starts with a fault plan.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// The sender of the message of a proactive chat.
    pub fn proactive_sender(mut self, sender: ProactiveSender) -> Self {
        self.behaviour.proactive_sender = sender;
        self
    }

    /// Starts without blocking the calling task. Fails if the port is in use, or if the data file,
    /// the token, the behaviour or the fault plan is invalid.
    pub async fn start(self) -> io::Result<Emulator> {
        let (sender, receiver) = oneshot::channel();
        std::thread::spawn(move || drop(sender.send(self.start_blocking())));
        receiver.await.map_err(|_| io::Error::other("the thread that starts the emulator ended early"))?
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
        // The store runs one action at a time; more threads would only wait for its lock.
        let runtime = runtime.max_blocking_threads(2).enable_all().build()?;
        let thread = std::thread::Builder::new().name("desk-emulator".to_owned()).spawn(move || {
            runtime.block_on(http::serve(listener, service, stop_requested));
            // Ends the remaining tasks, such as a pending reply of the demo's customer.
            drop(runtime);
            // Fails if the handle was dropped without a shutdown.
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

    /// A builder with the default settings.
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

    /// The token for the header `SENDBIRDDESKAPITOKEN`.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Adds a group. The key consists of lower-case letters, digits, `-` and `_`; 409 if the key
    /// exists already.
    pub fn add_group(&self, key: &str, name: &str) -> Result<Group> {
        self.store.lock().add_group(key, name)
    }

    /// Adds an agent. An ONLINE agent is assigned the pending tickets of the agent's groups at
    /// once.
    pub fn add_agent(&self, agent: NewAgent) -> Result<Agent> {
        self.store.lock().add_agent(agent)
    }

    /// Adds a customer.
    pub fn add_customer(&self, customer: NewCustomer) -> Result<Customer> {
        self.store.lock().add_customer(customer)
    }

    /// Changes an agent's presence. ONLINE routes the pending tickets of the agent's groups, oldest
    /// first. OFFLINE and AWAY make the agent's active tickets pending and route them to other
    /// available agents.
    pub fn set_presence(&self, agent_id: i64, presence: Presence) -> Result<Agent> {
        self.store.lock().set_presence(agent_id, presence)
    }

    /// Adds a message of the ticket's customer. The first reply to a proactive ticket routes the
    /// ticket. 409 if the ticket is closed.
    pub fn customer_reply(&self, ticket_id: i64, message: &str) -> Result<Ticket> {
        self.store.lock().customer_reply(ticket_id, message)
    }

    /// Adds a message of an agent: of any agent before the customer's first reply, only of the
    /// assigned agent after it (409 otherwise). Without an id, the sender is the assigned agent, or
    /// the agent who created the proactive chat.
    pub fn agent_reply(&self, ticket_id: i64, agent_id: Option<i64>, message: &str) -> Result<Ticket> {
        self.store.lock().agent_reply(ticket_id, agent_id, message)
    }

    /// Changes a ticket's status: ACTIVE to IDLE (unless the customer wrote last), ACTIVE or IDLE
    /// to WORK_IN_PROGRESS, WORK_IN_PROGRESS to PENDING, or WORK_IN_PROGRESS to ACTIVE with an
    /// available agent. 409 for all other transitions.
    pub fn move_ticket(&self, ticket_id: i64, to: TicketStatus, agent_id: Option<i64>) -> Result<Ticket> {
        self.store.lock().move_ticket(ticket_id, to, agent_id)
    }

    /// Closes a ticket; 409 if the ticket is already closed.
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

    /// Adds random messages on new, closed tickets. A million rows take seconds on the calling
    /// thread.
    pub fn seed(&self, request: SeedRequest) -> Result<SeedReport> {
        self.store.lock().seed(request)
    }

    /// Sets the behaviour; 400 names an invalid switch.
    pub fn set_behaviour(&self, behaviour: Behaviour) -> Result<()> {
        self.behaviour.set(behaviour)
    }

    /// The current behaviour.
    pub fn behaviour(&self) -> Behaviour {
        self.behaviour.get()
    }

    /// Sets a script of changes to the messages. Each change follows a response of the list of all
    /// messages; responses are counted from now.
    pub fn set_drift(&self, script: Vec<Drift>) -> Result<()> {
        self.store.lock().set_drift(script)
    }

    /// Changes the messages at once.
    pub fn change_messages(&self, change: &Change) -> Result<()> {
        self.store.lock().change_messages(change)
    }

    /// Adds messages unchanged, all or none; returns their ids.
    pub fn import_messages(&self, rows: &[MessageImport]) -> Result<Vec<i64>> {
        self.store.lock().import(rows)
    }

    /// Sets the service's clock, which gives the times of all events and the header `Date`; 400
    /// before 1970.
    pub fn set_clock(&self, now: Time, stopped: bool) -> Result<()> {
        self.clock.set(ClockState { now, stopped })
    }

    /// Makes the clock follow the system clock again.
    pub fn follow_clock(&self) {
        self.clock.follow();
    }

    /// Saves a copy of the data under a name; replaces an older copy of that name.
    pub fn snapshot(&self, name: &str) -> Result<()> {
        self.store.lock().snapshot(name)
    }

    /// Replaces the data by the copy of this name, which is kept; 404 if there is no such copy.
    pub fn restore(&self, name: &str) -> Result<()> {
        self.store.lock().restore(name)
    }

    /// Sets the receiver of status changes: an `http://` URL on this machine (400 otherwise), or
    /// none.
    pub fn set_webhook(&self, url: Option<&str>) -> Result<()> {
        self.webhooks.set(&self.store, url)
    }

    /// The last 1,000 webhook deliveries, oldest first.
    pub fn webhook_deliveries(&self) -> Vec<WebhookDelivery> {
        self.webhooks.deliveries()
    }

    /// Replaces the fault plan; an empty plan ends all faults. 400 names an invalid rule and keeps
    /// the old plan.
    pub fn set_faults(&self, plan: FaultPlan) -> Result<()> {
        self.faults.set(plan)
    }

    /// The active rules, with the number of times that each fired.
    pub fn faults(&self) -> Vec<FaultCount> {
        self.faults.counts().1
    }

    /// The last 10,000 requests to the API, oldest first, without tokens and message texts.
    pub fn requests(&self) -> Vec<RequestEntry> {
        self.log.entries()
    }

    /// All messages of proactive chats, to one customer or to all, in the order of sending.
    pub fn deliveries(&self, customer_id: Option<i64>) -> Result<Vec<Delivery>> {
        Ok(self.store.lock().deliveries(customer_id, i64::MAX, 0)?.1)
    }

    /// All customers who received the same text more than once. A correct sender leaves this list
    /// empty.
    pub fn messaged_twice(&self) -> Result<Vec<RepeatedMessage>> {
        self.store.lock().messaged_twice()
    }

    /// Restores the initial state: the demo content and the seeded rows of the builder, if any.
    pub fn reset(&self) -> Result<()> {
        self.store.lock().reset()
    }

    /// Stops the emulator: no new connections, at most one second for requests in progress, then
    /// all tasks end. The data file is free when this method returns.
    pub async fn shutdown(mut self) {
        if let Some(running) = self.running.take() {
            // Fails only if the server has stopped already.
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
    /// Omits the token, which grants access to the service.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("address", &self.address).finish_non_exhaustive()
    }
}
