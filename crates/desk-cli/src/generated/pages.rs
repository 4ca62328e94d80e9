// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use crate::rows::{self, PageSchema, Row};
use desk_core::list::RowDecoder;
pub(crate) struct ChatMessageList;
impl ChatMessageList {
    pub(crate) fn rows() -> RowDecoder<Row> {
        RowDecoder {
            decode: rows::page::<ChatMessageList>,
            id: Row::id,
            time: Row::time,
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
    pub(crate) fn rows() -> RowDecoder<Row> {
        RowDecoder {
            decode: rows::page::<TicketChatMessageList>,
            id: Row::id,
            time: Row::time,
        }
    }
}
impl PageSchema for TicketChatMessageList {
    const COUNT: &'static str = "count";
    const ITEMS: &'static str = "results";
    const ID: &'static str = "id";
    const TIME: Option<&'static str> = Some("createdAt");
}
