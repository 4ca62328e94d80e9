// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

desk_core::open_enum! {
    #[doc = " The priority of a chat. The default of the service is not documented."] pub
    enum Priority { Low = "LOW", Medium = "MEDIUM", High = "HIGH", Urgent = "URGENT", }
    #[doc = " Who sent a message. EVENT is everything that no user sent."] pub enum
    UserType { Agent = "AGENT", Customer = "CUSTOMER", Event = "EVENT", } #[doc =
    " Where the deletion of a message was asked for."] pub enum RequestOrigin { Dashboard
    = "DASHBOARD", PlatformApi = "PLATFORM_API", } #[doc =
    " The channel over which a ticket came in."] pub enum ChannelType { Sendbird =
    "SENDBIRD", FacebookConversation = "FACEBOOK_CONVERSATION", FacebookFeed =
    "FACEBOOK_FEED", SendbirdIos = "SENDBIRD_IOS", SendbirdAndroid = "SENDBIRD_ANDROID",
    SendbirdJavascript = "SENDBIRD_JAVASCRIPT", TwitterStatus = "TWITTER_STATUS",
    TwitterDirectMessageEvent = "TWITTER_DIRECT_MESSAGE_EVENT", InstagramComment =
    "INSTAGRAM_COMMENT", WhatsappMessage = "WHATSAPP_MESSAGE", }
}
