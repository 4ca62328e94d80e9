//! `x-desk-bulk`: the mistakes that codegen refuses, and the parts that a spec may omit.

use std::fs;

use xtask::root;

use super::{changed, from, refused};

#[test]
fn a_create_that_cannot_be_sent_in_bulk_is_said_with_its_mend() {
    let spec = fs::read_to_string(root().join("openapi/desk.yaml")).expect("the spec");
    let evidence = [
        "        evidence:\n          text: message\n",
        "          list:\n            operation: chat_message_list\n            text: message\n",
        "          read:\n            operation: proactive_chat_get\n            text: message\n            time: createdAt\n            recipients: customersList\n",
    ];
    let marks = "      x-desk-bulk:\n        recipients: customerIds\n        sent: sentCount\n        id: id\n";
    let read = "      description: Reads one proactive chat with its counters.\n";
    let marked = format!("{read}{marks}");
    let cases = [
        ("x-desk-bulk:", "x-desk-bulks:", "`x-desk-bulks` has no effect on the generated code; remove it"),
        ("        sent: sentCount\n", "        send: sentCount\n", "`send` is none of recipients, sent, id, evidence"),
        ("        sent: sentCount\n", "", "`x-desk-bulk` lacks `sent`; name it as on the wire"),
        (
            "recipients: customerIds",
            "recipients: agentId",
            "must name a required list of whole numbers of `NewProactiveChat`",
        ),
        ("sent: sentCount", "sent: priority", "`sent: priority` must name a required whole number of `ProactiveChat`"),
        (
            "        id: id\n        evidence:",
            "        id: message\n        evidence:",
            "`id: message` must name a required whole number",
        ),
        (read, &marked, "only a `post` can be sent in bulk"),
        (
            marks,
            &format!(
                "      parameters:\n        - {{ name: fast, in: query, required: true, description: F., schema: {{ type: boolean }} }}\n{marks}"
            ),
            "takes all that it needs from the body; make the parameters optional",
        ),
        (
            "          text: message\n          list",
            "          text: groupId\n          list",
            "must name a required text of `New",
        ),
        ("          read:\n", "          reads:\n", "`reads` is none of text, list, read; mend its spelling"),
        (&evidence.concat(), evidence[0], "`evidence` names nothing that can be read; add `list` or `read`"),
        (
            "recipients: customersList",
            "recipients: createdBy",
            "must name a text or a list of whole numbers of `ProactiveChat`",
        ),
        (
            "time: createdAt\n            rec",
            "time: id\n            rec",
            "`time: id` must name a time of `ProactiveChat`",
        ),
        (
            "            time: createdAt\n            rec",
            "            rec",
            "`read` lacks `time`; name it as on the wire",
        ),
        (
            "operation: chat_message_list",
            "operation: chats",
            "`operation: chats` must be the `operationId` of an operation",
        ),
        (
            "operation: chat_message_list",
            "operation: ticket_chat_message_list",
            "`ticket_chat_message_list` is no list with a window; give it `x-desk-paged` with one",
        ),
        (
            "operation: proactive_chat_get",
            "operation: chat_message_list",
            "`chat_message_list` must be a `get` by a whole number with the result of `proactive_chat_create`",
        ),
        (
            "      parameters:\n        - name: proactive_id\n",
            "      parameters:\n        - { name: as_of, in: query, required: true, description: D., schema: { type: string } }\n        - name: proactive_id\n",
            "`proactive_chat_get` needs more arguments than there are for evidence",
        ),
    ];
    for (old, new, problem) in cases {
        refused(&changed(&spec, old, new), problem);
    }
    let optional = [evidence[1], evidence[2], &evidence.concat(), "            recipients: customersList\n"];
    for text in optional {
        from(&changed(&spec, text, "")).unwrap_or_else(|error| panic!("without {text}: {error}"));
    }
}
