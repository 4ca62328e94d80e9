//! Texts of the seeded messages, in several scripts, with characters that break careless clients.
//!
//! A conversation has one language. `{n}` is replaced by a number that differs between rows. The
//! texts are invented. A changed text changes the result of a seed, so tests must not depend on
//! single texts.

/// The texts of one language.
pub(super) struct Language {
    pub(super) customer: &'static [&'static str],
    pub(super) agent: &'static [&'static str],
}

pub(super) const LANGUAGES: [Language; 10] = [
    Language {
        customer: &[
            "Hi, where is my order #{n}?",
            "It's been {n} days and nothing arrived 😕",
            "I was charged twice: $19.99 & $19.99 (invoice {n})",
            "The app says \"unknown error\" and closes.\nI tried:\n\t1. restarting\n\t2. reinstalling\nNothing helps.",
            "Could you check C:\\orders\\{n}.pdf? <attached>",
            "Thanks a lot! 🙏🏽",
        ],
        agent: &[
            "Hello! Let me look at order #{n} for you.",
            "It left our warehouse yesterday — tracking number TR{n}.",
            "I've refunded \"invoice {n}\"; it takes 3–5 business days.",
            "Is there anything else I can help with? 🙂",
        ],
    },
    Language {
        customer: &[
            "Guten Tag, wann kommt die Größe {n} wieder herein?",
            "Die Rechnung über {n},50 € ist falsch: „Straße“ steht ohne ß.",
            "Vielen Dank für die schnelle Hilfe!",
        ],
        agent: &["Gerne! Ich prüfe Vorgang {n}.", "Die Überweisung ist unterwegs.\nSchöne Grüße"],
    },
    Language {
        customer: &[
            "¿Dónde está mi pedido {n}?",
            "¡Qué rápido! Muchísimas gracias, señor 👏",
            "Necesito la factura nº {n}.",
        ],
        agent: &["Buenos días, reviso su pedido {n} ahora mismo.", "Ya está: el año de garantía empezó hoy."],
    },
    Language {
        customer: &[
            "Où en est ma commande n° {n} ?",
            "J’ai reçu l’œuvre cassée… « fragile » était écrit !",
            "Merci, c’est réglé.",
        ],
        agent: &["Bonjour, je vérifie le dossier {n}.", "Un colis de remplacement part aujourd’hui."],
    },
    Language {
        customer: &[
            "注文番号{n}の件ですが、まだ届いていません。",
            "色違いに交換できますか?😊",
            "「領収書」をお願いします。\n宛名は㈱山田です。",
        ],
        agent: &["お問い合わせありがとうございます。{n}番を確認いたします。", "本日発送いたしました🚚"],
    },
    Language {
        customer: &["你好,订单{n}什么时候发货?", "屏幕碎了,可以退款吗?😭", "太好了,谢谢!𠮷野家见。"],
        agent: &["您好,正在为您查询订单{n}。", "退款已提交,三到五个工作日到账。"],
    },
    Language {
        customer: &["주문번호 {n} 배송이 늦어요.", "사이즈를 교환하고 싶습니다 🙇‍♀️", "네, 감사합니다!"],
        agent: &["안녕하세요, 주문 {n}번 확인해 드리겠습니다.", "오늘 출고되었습니다."],
    },
    Language {
        customer: &["مرحبا، أين طلبي رقم {n}؟", "الفاتورة خاطئة: المبلغ ١٢٣ وليس {n}.", "شكرًا جزيلًا 🌹"],
        agent: &["أهلًا بك، أراجع الطلب {n} الآن.", "تم إرسال الشحنة (TR{n}) اليوم."],
    },
    Language {
        customer: &["שלום, ההזמנה {n} לא הגיעה.", "אפשר החזר? שילמתי ₪{n}", "תודה רבה!"],
        agent: &["היי, אני בודק את הזמנה {n}.", "ההחזר אושר."],
    },
    Language {
        customer: &["नमस्ते, मेरा ऑर्डर {n} कहाँ है?", "👨‍👩‍👧‍👦 के लिए {n} टिकट चाहिए", "धन्यवाद 🇮🇳"],
        agent: &["नमस्ते! मैं ऑर्डर {n} देखती हूँ।", "आपका पैसा वापस कर दिया गया है।"],
    },
];

pub(super) const EVENTS: [&str; 5] = [
    "Welcome! An agent will be with you shortly.",
    "Assigned to Ada.",
    "Assigned to Søren.",
    "The agent is away; the ticket was transferred.",
    "How did we do? Rate this conversation: ★★★★★",
];

pub(super) const CUSTOMERS: [&str; 8] =
    ["mia.k", "tom-1987", "張偉", "user_5f3a9c", "zoe@example.com", "łukasz", "محمد", "o'brien"];

pub(super) const AGENTS: [&str; 4] =
    ["sendbird_desk_agent_id_901", "sendbird_desk_agent_id_902", "sendbird_desk_agent_id_903", "ada"];

/// All channel types of the spec; the first is the most frequent.
pub(super) const CHANNELS: [&str; 10] = [
    "SENDBIRD",
    "SENDBIRD_IOS",
    "SENDBIRD_ANDROID",
    "SENDBIRD_JAVASCRIPT",
    "FACEBOOK_CONVERSATION",
    "FACEBOOK_FEED",
    "TWITTER_STATUS",
    "TWITTER_DIRECT_MESSAGE_EVENT",
    "INSTAGRAM_COMMENT",
    "WHATSAPP_MESSAGE",
];
