//! From the first message to the closed ticket: replies, routing, presence, counters.

use desk_emulator::{AgentStatus, Emulator, NewAgent, NewCustomer, Presence, TicketStatus};
use serde_json::{Value, json};

use crate::api::Api;

/// One group `sales`, agent 1 (the creator, in no group), customers 1 to 3.
async fn service() -> Api {
    let api = Api::start(Emulator::builder()).await;
    api.emulator.add_group("sales", "Sales").unwrap();
    api.emulator.add_agent(NewAgent::new("Creator", &[], Presence::Online)).unwrap();
    for name in ["Mia", "Tom", "Zoe"] {
        api.emulator.add_customer(NewCustomer::new(name)).unwrap();
    }
    api
}

fn seller(name: &str, presence: Presence) -> NewAgent {
    NewAgent::new(name, &["sales"], presence)
}

/// The counters of chat 1: sent, responded, closed, messages.
async fn counters(api: &Api) -> [i64; 4] {
    let chat = api.get("/proactive_chats/1").await.body;
    ["sentCount", "respondedCount", "closedCount", "messageCount"].map(|name| chat[name].as_i64().unwrap())
}

/// Type, sender and text of the messages of a ticket.
async fn conversation(api: &Api, ticket_id: i64) -> Vec<[String; 3]> {
    let page = api.get(&format!("/tickets/{ticket_id}/chat_messages")).await.body;
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = page["results"].as_array().unwrap().iter();
    rows.map(|row| [text(row, "userType"), text(row, "userSendbirdId"), text(row, "message")]).collect()
}

#[tokio::test]
async fn first_reply_routes_the_ticket_to_an_available_agent() {
    let api = service().await;
    let ann = api.emulator.add_agent(seller("Ann", Presence::Online)).unwrap();
    let created = api.create(&[1, 2, 3]).await;
    assert_eq!(created.status, 201);
    assert_eq!(counters(&api).await, [3, 0, 0, 1]);

    let ticket = api.emulator.customer_reply(1, "Yes!").unwrap();
    assert_eq!(ticket.status, TicketStatus::Active);
    assert_eq!(ticket.legacy_status, "ASSIGNED");
    assert_eq!(ticket.recent_assignment.unwrap().agent.id, ann.id);
    assert!(ticket.issued_at.unwrap() >= ticket.created_at);
    let expected = [
        ["AGENT", "sendbird_desk_agent_id_1", "Hello!"],
        ["CUSTOMER", "customer_1", "Yes!"],
        ["EVENT", "event", "Assigned to Ann."],
    ];
    assert_eq!(conversation(&api, 1).await, expected);
    assert_eq!(counters(&api).await, [3, 1, 0, 1]);
    let chat = api.get("/proactive_chats/1").await.body;
    assert!(chat["updatedAt"].as_str() > created.body["updatedAt"].as_str());
    assert_eq!(chat["createdAt"], created.body["createdAt"]);

    // A second reply adds a message, but no responded chat and no routing.
    assert_eq!(api.emulator.customer_reply(1, "When?").unwrap().message_count, 4);
    assert_eq!(counters(&api).await, [3, 1, 0, 1]);
    assert_eq!(api.emulator.agent_reply(1, None, "Now.").unwrap().last_message.as_deref(), Some("Now."));
    assert_eq!(conversation(&api, 1).await[4], ["AGENT", "sendbird_desk_agent_id_2", "Now."]);
    assert_eq!(api.emulator.ticket(2).unwrap().status, TicketStatus::Proactive);
}

#[tokio::test]
async fn follow_ups_count_only_before_the_first_reply() {
    let api = service().await;
    let ann = api.emulator.add_agent(seller("Ann", Presence::Online)).unwrap();
    api.create(&[1, 2]).await;
    api.emulator.agent_reply(1, None, "Still there?").unwrap();
    api.emulator.agent_reply(1, Some(ann.id), "Ann here too.").unwrap();
    assert_eq!(counters(&api).await, [2, 0, 0, 3]);
    let senders: Vec<_> = conversation(&api, 1).await.into_iter().map(|[_, sender, _]| sender).collect();
    let [creator, ann_id] = ["sendbird_desk_agent_id_1", "sendbird_desk_agent_id_2"];
    assert_eq!(senders, [creator, creator, ann_id]);

    api.emulator.customer_reply(1, "Yes").unwrap();
    api.emulator.agent_reply(1, Some(ann.id), "Good.").unwrap();
    assert_eq!(counters(&api).await, [2, 1, 0, 3]);
    let refused = api.emulator.agent_reply(1, Some(1), "Me too").unwrap_err();
    assert_eq!((refused.status(), refused.detail()), (409, "agentId: ticket 1 is assigned to agent 2, not 1"));
    assert_eq!(api.emulator.agent_reply(2, Some(9), "Hi").unwrap_err().status(), 400);
}

#[tokio::test]
async fn ticket_without_available_agent_waits_for_one() {
    let api = service().await;
    api.emulator.add_agent(NewAgent { bot: true, ..seller("Bot", Presence::Online) }).unwrap();
    let paused = NewAgent { status: AgentStatus::Inactive, ..seller("Gone", Presence::Online) };
    api.emulator.add_agent(paused).unwrap();
    let ann = api.emulator.add_agent(seller("Ann", Presence::Away)).unwrap();
    api.create(&[1, 2, 3]).await;
    for ticket_id in [2, 1] {
        let ticket = api.emulator.customer_reply(ticket_id, "Yes").unwrap();
        assert_eq!((ticket.status, ticket.legacy_status), (TicketStatus::Pending, "UNASSIGNED"));
        assert!(ticket.recent_assignment.is_none() && ticket.issued_at.is_some());
    }
    assert_eq!(api.emulator.agent_reply(1, None, "Hi").unwrap_err().status(), 409);
    assert_eq!(counters(&api).await, [3, 2, 0, 1]);

    assert_eq!(api.emulator.set_presence(ann.id, Presence::Online).unwrap().presence, Presence::Online);
    let assigned = [1, 2].map(|id| api.emulator.ticket(id).unwrap());
    assert!(assigned.iter().all(|ticket| ticket.status == TicketStatus::Active));
    // Ticket 2 had the first reply, so its event is first.
    let all = api.get("/chat_messages?offset=5").await.body;
    let events: Vec<_> = all["results"].as_array().unwrap().iter().map(|row| row["ticket"].as_i64().unwrap()).collect();
    assert_eq!(events, [2, 1]);
    assert_eq!(api.emulator.ticket(3).unwrap().status, TicketStatus::Proactive);
}

#[tokio::test]
async fn agent_with_fewest_active_tickets_then_lowest_id_wins() {
    let api = service().await;
    let agents = ["Ann", "Ben"].map(|name| api.emulator.add_agent(seller(name, Presence::Online)).unwrap().id);
    api.create(&[1, 2, 3]).await;
    let assignee = |id: i64| api.emulator.customer_reply(id, "Yes").unwrap().recent_assignment.unwrap().agent.id;
    assert_eq!([3, 2, 1].map(assignee), [agents[0], agents[1], agents[0]]);
    api.create(&[1, 2]).await;
    api.emulator.close_ticket(3, None).unwrap();
    api.emulator.close_ticket(1, None).unwrap();
    assert_eq!([4, 5].map(assignee), [agents[0], agents[0]]);
}

#[tokio::test]
async fn tickets_of_a_leaving_agent_are_rerouted_or_wait() {
    let api = service().await;
    let [ann, ben] = ["Ann", "Ben"].map(|name| api.emulator.add_agent(seller(name, Presence::Online)).unwrap().id);
    api.create(&[1]).await;
    api.emulator.customer_reply(1, "Yes").unwrap();
    api.emulator.set_presence(ann, Presence::Away).unwrap();
    let assignee = || api.emulator.ticket(1).unwrap().recent_assignment.unwrap().agent.id;
    assert_eq!(assignee(), ben);
    api.emulator.set_presence(ben, Presence::Offline).unwrap();
    assert_eq!(api.emulator.ticket(1).unwrap().status, TicketStatus::Pending);
    api.emulator.add_agent(seller("Cai", Presence::Online)).unwrap();
    assert_eq!((api.emulator.ticket(1).unwrap().status, assignee()), (TicketStatus::Active, 4));
    assert_eq!(api.emulator.set_presence(9, Presence::Online).unwrap_err().status(), 404);
}

#[tokio::test]
async fn closed_ticket_cannot_change() {
    let api = service().await;
    api.create(&[1, 2]).await;
    let closed = api.emulator.close_ticket(1, Some("solved")).unwrap();
    assert_eq!((closed.status, closed.close_comment.as_deref()), (TicketStatus::Closed, Some("solved")));
    assert!(closed.closed_at.is_some());
    assert_eq!(counters(&api).await, [2, 0, 1, 1]);
    for refused in [
        api.emulator.customer_reply(1, "Hi"),
        api.emulator.agent_reply(1, Some(1), "Hi"),
        api.emulator.close_ticket(1, None),
    ] {
        assert_eq!(refused.unwrap_err().status(), 409);
    }
    assert_eq!(api.emulator.ticket(1).unwrap(), closed);
    assert_eq!(counters(&api).await, [2, 0, 1, 1]);
}

#[tokio::test]
async fn empty_texts_and_unknown_tickets_are_refused() {
    let api = service().await;
    api.create(&[1]).await;
    assert_eq!(api.emulator.customer_reply(1, "").unwrap_err().status(), 400);
    assert_eq!(api.emulator.agent_reply(1, None, "").unwrap_err().code(), "invalid");
    assert_eq!(api.emulator.customer_reply(9, "Hi").unwrap_err().code(), "not_found");
    assert_eq!(api.emulator.ticket(0).unwrap_err().status(), 404);
    let seeded = api.emulator.seed(desk_emulator::SeedRequest::rows(10)).unwrap();
    assert_eq!(api.emulator.customer_reply(seeded.first_ticket_id, "Hi").unwrap_err().status(), 409);
    assert_eq!(json!(conversation(&api, 1).await.len()), 1);
}

#[tokio::test]
async fn ticket_moves_through_idle_and_work_in_progress() {
    use TicketStatus::{Active, Closed, Idle, Pending, WorkInProgress};
    let api = service().await;
    let ann = api.emulator.add_agent(seller("Ann", Presence::Online)).unwrap();
    api.create(&[1]).await;
    let step = |to, agent_id| api.emulator.move_ticket(1, to, agent_id);
    let refused = |to, agent_id| step(to, agent_id).unwrap_err().status();
    assert_eq!(refused(Idle, None), 409, "nobody has it yet");
    api.emulator.customer_reply(1, "Yes!").unwrap();
    assert_eq!(refused(Idle, None), 409, "the customer wrote last");
    api.emulator.agent_reply(1, None, "One moment.").unwrap();
    let idle = step(Idle, None).unwrap();
    assert_eq!((idle.status, idle.legacy_status), (Idle, "ASSIGNED"));
    assert_eq!(refused(Active, Some(ann.id)), 409, "only the customer wakes it");
    assert_eq!(api.emulator.customer_reply(1, "Hello?").unwrap().status, Active);

    let aside = step(WorkInProgress, None).unwrap();
    assert_eq!((aside.status, aside.legacy_status), (WorkInProgress, "OPEN"));
    assert!(aside.recent_assignment.is_none(), "from ACTIVE the assignment ends");
    assert_eq!(refused(Active, None), 400);
    assert_eq!(refused(Active, Some(99)), 409);
    let back = step(Active, Some(ann.id)).unwrap();
    assert_eq!((back.status, back.recent_assignment.unwrap().agent.id), (Active, ann.id));
    step(WorkInProgress, None).unwrap();
    assert_eq!(step(Pending, None).unwrap().status, Active, "routed at once: Ann is there");

    // A reply to an idle ticket is routed if the agent has left.
    api.emulator.agent_reply(1, None, "Still there?").unwrap();
    step(Idle, None).unwrap();
    api.emulator.set_presence(ann.id, Presence::Away).unwrap();
    assert_eq!(api.emulator.customer_reply(1, "Yes").unwrap().status, Pending);
    assert_eq!(api.emulator.close_ticket(1, None).unwrap().status, Closed);
    assert_eq!(refused(WorkInProgress, None), 409);
}

#[tokio::test]
async fn first_reply_goes_to_the_last_sender_with_the_switch_on() {
    let api = service().await;
    let mut behaviour = desk_emulator::Behaviour::default();
    behaviour.assign_to_last_sender = true;
    api.emulator.set_behaviour(behaviour).unwrap();
    let ann = api.emulator.add_agent(seller("Ann", Presence::Online)).unwrap();
    let ben = api.emulator.add_agent(seller("Ben", Presence::Online)).unwrap();
    api.create(&[1, 2, 3]).await;
    let of = |ticket: desk_emulator::Ticket| ticket.recent_assignment.map(|assignment| assignment.agent.id);
    assert_eq!(of(api.emulator.customer_reply(1, "a").unwrap()), Some(1), "the creator, in no group");
    api.emulator.agent_reply(2, Some(ben.id), "Still there?").unwrap();
    assert_eq!(of(api.emulator.customer_reply(2, "b").unwrap()), Some(ben.id));
    api.emulator.set_presence(1, Presence::Offline).unwrap();
    assert_eq!(of(api.emulator.customer_reply(3, "c").unwrap()), Some(ann.id), "routed: the creator has left");
}
