//! The ABI gate: the committed lists are current, each planted break is refused by name, and growth is not a break.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::abi::{self, Report};

/// A copy of include/ with changes, and a work folder.
struct Copy {
    include: PathBuf,
    work: PathBuf,
}

fn copy(name: &str, changes: &[(&str, &str)]) -> Copy {
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("abi").join(name);
    let _ = fs::remove_dir_all(&top);
    let (include, work) = (top.join("include"), top.join("work"));
    fs::create_dir_all(&include).expect("a folder");
    let mut header = fs::read_to_string(xtask::root().join("include/desk.h")).expect("the header");
    for (from, to) in changes {
        assert!(header.matches(from).count() == 1, "{name}: {from:?} is not there once");
        header = header.replace(from, to);
    }
    fs::write(include.join("desk.h"), header).expect("a file");
    Copy { include, work }
}

fn baseline() -> PathBuf {
    xtask::root().join("abi")
}

fn lists(name: &str, changes: &[(&str, &str)]) -> Report {
    let Copy { include, work } = copy(name, changes);
    abi::check(&baseline(), &include, &work).expect("a comparison")
}

const LAST_MEMBER: &str = "  double writes_per_second;\n";

/// A planted change: its name, the replacements in the header, and the gate's expected report.
type Planted = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const ID: &str = "\n                                    int64_t proactive_id,\n";

const BREAKS: [Planted; 14] = [
    (
        "function",
        &[("struct desk_str desk_version(void);", "")],
        "removed: function desk_version: struct desk_str (void)",
    ),
    (
        "moved",
        &[
            ("  int64_t max_attempts;\n", ""),
            ("  size_t headers_len;\n", "  size_t headers_len;\n  int64_t max_attempts;\n"),
        ],
        "changed: member desk_call_options.attempt_timeout_ms: was 24..32 int64_t, is 16..24 int64_t",
    ),
    (
        "removed",
        &[(LAST_MEMBER, "")],
        "changed: struct desk_client_options: was 176 bytes, aligned to 8, is 168 bytes, aligned to 8",
    ),
    (
        "retyped",
        &[("  double reads_per_second;\n", "  int64_t reads_per_second;\n")],
        "changed: member desk_client_options.reads_per_second: was 160..168 double, is 160..168 int64_t",
    ),
    (
        "padding",
        &[(
            "  struct desk_str priority_text;\n} desk_new_proactive_chat;",
            "  int32_t urgent;\n  struct desk_str priority_text;\n} desk_new_proactive_chat;",
        )],
        "new before the old end (88 bytes, aligned to 8): member desk_new_proactive_chat.urgent = 68..72 int32_t",
    ),
    (
        "fixed",
        &[("  struct desk_str value;\n", "  struct desk_str value;\n  int64_t more;\n")],
        "changed: struct desk_pair: was 32 bytes, aligned to 8, is 40 bytes, aligned to 8",
    ),
    (
        "number",
        &[("#define DESK_TIMEOUT 101\n", "#define DESK_TIMEOUT 108\n")],
        "changed: const DESK_TIMEOUT: was 101, is 108",
    ),
    ("constant", &[("#define DESK_PRIORITY_LOW 1\n", "")], "removed: const DESK_PRIORITY_LOW = 1"),
    (
        "argument",
        &[(ID, "int32_t proactive_id,\n")],
        "changed: function desk_proactive_chat_get: was desk_status (struct desk_client *, int64_t, ",
    ),
    (
        "fewer",
        &[(ID, "")],
        "changed: function desk_proactive_chat_get: was desk_status (struct desk_client *, int64_t, ",
    ),
    (
        "result",
        &[("bool desk_cancel_is_triggered(", "int32_t desk_cancel_is_triggered(")],
        "changed: function desk_cancel_is_triggered: was bool (const struct desk_cancel *), is int32_t (",
    ),
    (
        "pointed",
        &[(
            "bool desk_chat_message_get_message_id(const struct desk_chat_message *chat_message, int64_t *out)",
            "bool desk_chat_message_get_message_id(const struct desk_chat_message *chat_message, int32_t *out)",
        )],
        "changed: function desk_chat_message_get_message_id: was bool (const struct desk_chat_message *, int64_t *), is ",
    ),
    // Growth must not hide another change of the same struct.
    (
        "hidden",
        &[
            (LAST_MEMBER, "  double writes_per_second;\n  bool more;\n"),
            ("  int64_t idle_timeout_ms;\n", "  double idle_timeout_ms;\n"),
        ],
        "changed: member desk_client_options.idle_timeout_ms: was",
    ),
    (
        "callback",
        &[("typedef void (*desk_log_fn)(void *user_data,", "typedef int (*desk_log_fn)(void *user_data,")],
        "changed: type desk_log_fn: was void (*)(void *user_data, const struct desk_log_record *record), is int (*)",
    ),
];

#[test]
fn the_lists_are_current() {
    abi::run(&[]).expect("abi/ as committed");
}

#[test]
fn planted_breaks_are_refused() {
    for (name, changes, expected) in BREAKS {
        let report = lists(name, changes);
        assert!(report.breaks.iter().any(|line| line.starts_with(expected)), "{name}: {report:#?}");
        let error = report.refuse_breaks().expect_err("a break").to_string();
        assert!(error.contains(expected) && error.ends_with("`cargo xtask abi --accept --allow-abi-break`"), "{error}");
    }
}

/// Changes that a new version may bring.
const GROWTH: [(&str, &str); 4] = [
    (LAST_MEMBER, "  double writes_per_second;\n  bool has_pace;\n  int32_t pace;\n"),
    ("#define DESK_PANIC 900\n", "#define DESK_PANIC 900\n#define DESK_BUSY 901\n"),
    (
        "struct desk_str desk_version(void);",
        "struct desk_str desk_version(void);\nint32_t desk_busy(const desk_queue *queue);",
    ),
    (
        "typedef struct desk_pair {",
        "typedef struct desk_queue {\n  int64_t length;\n} desk_queue;\ntypedef struct desk_pair {",
    ),
];

#[test]
fn growth_is_no_break() {
    let report = lists("growth", &GROWTH);
    report.refuse_breaks().expect("no break");
    assert_eq!(
        report.additions,
        [
            "new: function desk_busy",
            "grown: struct desk_client_options: was 176 bytes, aligned to 8, is 184 bytes, aligned to 8",
            "new: const DESK_BUSY = 901",
            "new: member desk_client_options.has_pace = 176..177 bool",
            "new: member desk_client_options.pace = 180..184 int32_t",
            "new: member desk_queue.length = 0..8 int64_t",
            "new: struct desk_queue = 8 bytes, aligned to 8",
        ]
    );
}

#[test]
fn accept_writes_what_is_new_and_refuses_a_break() {
    let Copy { include, work } = copy("accept", &GROWTH);
    let own = work.parent().expect("a folder").join("abi");
    fs::create_dir_all(&own).expect("a folder");
    for entry in fs::read_dir(baseline()).expect("abi/").flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), own.join(entry.file_name())).expect("a copy");
    }
    let report = abi::accept(&own, &include, "9.8.7", false, &work).expect("growth");
    assert_eq!(report.additions.len(), 7, "{report:#?}");
    let symbols = fs::read_to_string(own.join("symbols.txt")).expect("the list");
    assert!(
        symbols.contains("\ndesk_busy 9.8.7 int32_t (")
            && symbols.contains("\ndesk_version 0.1.0 struct desk_str (void)\n"),
        "{symbols}"
    );
    let Report { breaks, additions } = abi::check(&own, &include, &work).expect("a comparison");
    assert!(breaks.is_empty() && additions.is_empty(), "{breaks:?} {additions:?}");

    // The header without the growth is a break of the accepted lists.
    let before = copy("accept-break", &[]);
    let error = abi::accept(&own, &before.include, "9.9.0", false, &before.work).expect_err("a break").to_string();
    assert!(error.contains("removed: function desk_busy") && error.contains("--allow-abi-break"), "{error}");
    assert_eq!(fs::read_to_string(own.join("symbols.txt")).expect("the list"), symbols);
    abi::accept(&own, &before.include, "9.9.0", true, &before.work).expect("told so");
    for name in ["symbols.txt", "layout.txt"] {
        let text = |folder: &Path| fs::read_to_string(folder.join(name)).expect("a list");
        // Another folder gives the same bytes, so they contain no trace of this machine.
        assert_eq!(text(&own), text(&baseline()), "{name}");
    }
}
