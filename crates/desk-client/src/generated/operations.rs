// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

//! The operations of the spec, without arguments.
use desk_core::request::Operation;
/// Message customers first: `POST /proactive_chats`
pub const PROACTIVE_CHAT_CREATE: Operation = Operation {
    id: "proactive_chat_create",
    method: "POST",
    path: "/proactive_chats",
};
/// Read a proactive chat: `GET /proactive_chats/{proactive_id}`
pub const PROACTIVE_CHAT_GET: Operation = Operation {
    id: "proactive_chat_get",
    method: "GET",
    path: "/proactive_chats/{proactive_id}",
};
/// List messages of the application: `GET /chat_messages`
pub const CHAT_MESSAGE_LIST: Operation = Operation {
    id: "chat_message_list",
    method: "GET",
    path: "/chat_messages",
};
/// List messages of a ticket: `GET /tickets/{ticket_id}/chat_messages`
pub const TICKET_CHAT_MESSAGE_LIST: Operation = Operation {
    id: "ticket_chat_message_list",
    method: "GET",
    path: "/tickets/{ticket_id}/chat_messages",
};
