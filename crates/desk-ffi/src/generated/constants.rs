// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use ::desk_client::types;
use crate::view::Enumeration;
/// `LOW`. The priority of a chat. The default of the service is not documented.
pub const DESK_PRIORITY_LOW: i32 = 1;
/// `MEDIUM`
pub const DESK_PRIORITY_MEDIUM: i32 = 2;
/// `HIGH`
pub const DESK_PRIORITY_HIGH: i32 = 3;
/// `URGENT`
pub const DESK_PRIORITY_URGENT: i32 = 4;
impl Enumeration for types::Priority {
    const KNOWN: &'static [types::Priority] = types::Priority::KNOWN;
    fn text(&self) -> &str {
        self.as_str()
    }
    fn of_text(text: &str) -> types::Priority {
        types::Priority::from(text)
    }
}
/// `AGENT`. Who sent a message. EVENT is everything that no user sent.
pub const DESK_USER_TYPE_AGENT: i32 = 1;
/// `CUSTOMER`
pub const DESK_USER_TYPE_CUSTOMER: i32 = 2;
/// `EVENT`
pub const DESK_USER_TYPE_EVENT: i32 = 3;
impl Enumeration for types::UserType {
    const KNOWN: &'static [types::UserType] = types::UserType::KNOWN;
    fn text(&self) -> &str {
        self.as_str()
    }
    fn of_text(text: &str) -> types::UserType {
        types::UserType::from(text)
    }
}
/// `DASHBOARD`. Where the deletion of a message was asked for.
pub const DESK_REQUEST_ORIGIN_DASHBOARD: i32 = 1;
/// `PLATFORM_API`
pub const DESK_REQUEST_ORIGIN_PLATFORM_API: i32 = 2;
impl Enumeration for types::RequestOrigin {
    const KNOWN: &'static [types::RequestOrigin] = types::RequestOrigin::KNOWN;
    fn text(&self) -> &str {
        self.as_str()
    }
    fn of_text(text: &str) -> types::RequestOrigin {
        types::RequestOrigin::from(text)
    }
}
/// `SENDBIRD`. The channel over which a ticket came in.
pub const DESK_CHANNEL_TYPE_SENDBIRD: i32 = 1;
/// `FACEBOOK_CONVERSATION`
pub const DESK_CHANNEL_TYPE_FACEBOOK_CONVERSATION: i32 = 2;
/// `FACEBOOK_FEED`
pub const DESK_CHANNEL_TYPE_FACEBOOK_FEED: i32 = 3;
/// `SENDBIRD_IOS`
pub const DESK_CHANNEL_TYPE_SENDBIRD_IOS: i32 = 4;
/// `SENDBIRD_ANDROID`
pub const DESK_CHANNEL_TYPE_SENDBIRD_ANDROID: i32 = 5;
/// `SENDBIRD_JAVASCRIPT`
pub const DESK_CHANNEL_TYPE_SENDBIRD_JAVASCRIPT: i32 = 6;
/// `TWITTER_STATUS`
pub const DESK_CHANNEL_TYPE_TWITTER_STATUS: i32 = 7;
/// `TWITTER_DIRECT_MESSAGE_EVENT`
pub const DESK_CHANNEL_TYPE_TWITTER_DIRECT_MESSAGE_EVENT: i32 = 8;
/// `INSTAGRAM_COMMENT`
pub const DESK_CHANNEL_TYPE_INSTAGRAM_COMMENT: i32 = 9;
/// `WHATSAPP_MESSAGE`
pub const DESK_CHANNEL_TYPE_WHATSAPP_MESSAGE: i32 = 10;
impl Enumeration for types::ChannelType {
    const KNOWN: &'static [types::ChannelType] = types::ChannelType::KNOWN;
    fn text(&self) -> &str {
        self.as_str()
    }
    fn of_text(text: &str) -> types::ChannelType {
        types::ChannelType::from(text)
    }
}
