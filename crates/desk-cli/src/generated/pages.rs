// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use crate::rows::{PageOf, PageSchema, Row};
use desk_client::answer::Split;
pub(crate) struct ChatMessageList;
impl ChatMessageList {
    pub(crate) fn split() -> Split<PageOf<ChatMessageList>, Row> {
        Split {
            rows: PageOf::rows,
            id: Row::id,
        }
    }
}
impl PageSchema for ChatMessageList {
    const COUNT: &'static str = "count";
    const ITEMS: &'static str = "results";
    const ID: &'static str = "id";
    const TIME: Option<&'static str> = Some("createdAt");
}
pub(crate) struct TicketChatMessageList;
impl TicketChatMessageList {
    pub(crate) fn split() -> Split<PageOf<TicketChatMessageList>, Row> {
        Split {
            rows: PageOf::rows,
            id: Row::id,
        }
    }
}
impl PageSchema for TicketChatMessageList {
    const COUNT: &'static str = "count";
    const ITEMS: &'static str = "results";
    const ID: &'static str = "id";
    const TIME: Option<&'static str> = Some("createdAt");
}
