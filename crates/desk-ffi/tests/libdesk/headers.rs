//! The headers compile everywhere they should, from two units of one program, and the library exports what they declare.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{library_dir, out_dir, program, root};
use testkit::{Language, Run, compilers};

const C_UNIT: &str = r#"
#include "desk.h"
#include "desk.h"
size_t UNIT(void);
size_t UNIT(void) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  desk_new_proactive_chat chat = DESK_NEW_PROACTIVE_CHAT_INIT;
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  chat.message = DESK_STR_LIT("text");
  return options.struct_size + call.struct_size + chat.struct_size + params.struct_size + chat.message.len;
}
"#;

const CPP_UNIT: &str = r#"
#include "desk.hpp"
#include "desk.hpp"
std::size_t UNIT();
std::size_t UNIT() {
  auto client = desk::Client::make(desk::ClientOptions().application_id("x").api_token("y"));
  if (!client) return 0;
  desk::Client moved(std::move(*client));
  auto options = desk::CallOptions().timeout(std::chrono::milliseconds(1));
#ifdef __cpp_lib_jthread
  std::stop_source source;
  source.request_stop();
  const auto stopped = moved.try_chat_message_list({}, desk::CallOptions().cancel(source.get_token()));
  if (stopped || stopped.error().code() != DESK_CANCELLED) return 0;
#endif
#ifdef __cpp_lib_span
  const std::int64_t customers[] = {1, 2};
  const auto listed = desk::NewProactiveChat().customer_ids(std::span<const std::int64_t>(customers));
  desk::detail::Scratch scratch;
  if (listed.c_value(scratch).customer_ids_len != 2) return 0;
#endif
  const auto waited = moved.chat_message_list_async({}, desk::CallOptions().timeout(std::chrono::milliseconds(-1))).try_future().get();
  if (waited || waited.error().code() != DESK_INVALID_ARGUMENT) return 0;
  auto chat = moved.try_proactive_chat_create(desk::NewProactiveChat().message("m").priority(desk::Priority::High), options);
  return chat ? 1 : static_cast<std::size_t>(chat.error().code());
}
"#;

fn unit(name: &str, text: &str) -> PathBuf {
    let path = out_dir().join(name);
    fs::write(&path, text).expect("a file");
    path
}

#[test]
fn c_in_every_standard_and_two_units() {
    let (one, two) = (unit("one.c", &C_UNIT.replace("UNIT", "one")), unit("two.c", &C_UNIT.replace("UNIT", "two")));
    let main = unit(
        "main.c",
        "#include <stddef.h>\nsize_t one(void);\nsize_t two(void);\nint main(void) { return one() == two() && one() != 0 ? 0 : 1; }\n",
    );
    for compiler in compilers(Language::C) {
        for standard in ["c99", "c11", "c17"] {
            let sources = program(compiler, standard).source(&one).source(&two).source(&main);
            let out =
                sources.link(&library_dir(), "desk").build(&out_dir().join(format!("units-{compiler}-{standard}")));
            Run::of(&out, &[], &[]).text();
        }
    }
}

#[test]
fn cpp_in_every_standard_and_two_units() {
    let (one, two) =
        (unit("one.cpp", &CPP_UNIT.replace("UNIT", "one")), unit("two.cpp", &CPP_UNIT.replace("UNIT", "two")));
    let main = unit(
        "main.cpp",
        "#include <cstddef>\nstd::size_t one();\nstd::size_t two();\nint main() { return one() == DESK && two() == DESK ? 0 : 1; }\n",
    );
    for compiler in compilers(Language::Cpp) {
        for standard in ["c++17", "c++20"] {
            for flags in [&[][..], &["-fno-exceptions", "-fno-rtti"]] {
                // DESK_INVALID_ARGUMENT: the chat lacks most of its fields.
                let sources = program(compiler, standard)
                    .flag("-Wold-style-cast")
                    .flag("-Wzero-as-null-pointer-constant")
                    .flag("-DDESK=1");
                let sources = flags.iter().fold(sources, |sources, flag| sources.flag(flag));
                let sources = sources.source(&one).source(&two).source(&main).link(&library_dir(), "desk");
                let out = sources.build(&out_dir().join(format!("units-{compiler}-{standard}-{}", flags.len())));
                Run::of(&out, &[], &[]).text();
            }
        }
    }
}

/// One unit has all of them: the compiler must refuse each misuse by its line, and no line of good code between them.
#[test]
fn what_would_dangle_does_not_compile() {
    let misuses = [
        "for (auto m : client.chat_message_list().results()) (void)m;",
        "for (auto m : client.try_chat_message_list()->results()) (void)m;",
        "std::string_view text = client.proactive_chat_get(1).message(); (void)text;",
        "auto next = client.chat_message_list().next(); (void)next;",
        "client.try_chat_message_list();",
        "client.chat_message_list_async();",
        "auto next = client.chat_message_iter().next_async();",
        "desk::Client copy = client;",
    ];
    let good = "auto page = client.chat_message_list(); for (auto m : page.results()) (void)m;";
    let lines: Vec<&str> = misuses.into_iter().flat_map(|misuse| [good, misuse]).chain([good]).collect();
    let code = |lines: &[&str]| {
        let function =
            |(number, line)| format!("static inline void f{number}(const desk::Client& client) {{ {line} }}\n");
        let functions: String = lines.iter().enumerate().map(function).collect();
        format!("#include \"desk.hpp\"\n{functions}")
    };
    let (fine, misused) = (unit("fine.cpp", &code(&[good])), unit("misuse.cpp", &code(&lines)));
    for compiler in compilers(Language::Cpp) {
        let unit = |source: &Path| program(compiler, "c++17").flag("-c").flag("-Wno-unused-function").source(source);
        unit(&fine).build(&out_dir().join(format!("fine-{compiler}.o")));
        let complaints = unit(&misused).complaints(&out_dir().join("misuse.o"));
        let complaint = |line: &str| -> Option<usize> {
            let (_, rest) = line.split_once("misuse.cpp:").filter(|(_, rest)| rest.contains(" error: "))?;
            rest.split(':').next()?.parse().ok()
        };
        let refused: BTreeSet<usize> = complaints.lines().filter_map(complaint).collect();
        // Line 1 includes the header, line 2 is good.
        let wanted: BTreeSet<usize> = (0..misuses.len()).map(|misuse| 2 * misuse + 3).collect();
        assert_eq!(refused, wanted, "{compiler} refuses other lines of misuse.cpp:\n{complaints}");
    }
}

#[test]
fn c_headers_are_cpp_too() {
    let source = unit("plain.cpp", &C_UNIT.replace("UNIT", "plain").replace("(void)", "()"));
    for compiler in compilers(Language::Cpp) {
        for standard in ["c++11", "c++17"] {
            let out = out_dir().join(format!("plain-{compiler}-{standard}.o"));
            program(compiler, standard).flag("-c").source(&source).build(&out);
        }
    }
}

#[test]
fn the_library_exports_exactly_the_functions_of_the_header() {
    let header = fs::read_to_string(root().join("include/desk.h")).expect("the header");
    let declared = xtask::install::names::functions(&header);
    let output = Command::new("nm")
        .args(["-D", "--defined-only"])
        .arg(library_dir().join("libdesk.so"))
        .output()
        .expect("nm runs");
    let symbols = String::from_utf8(output.stdout).expect("names");
    let exported: BTreeSet<String> =
        symbols.lines().filter_map(|line| line.split_whitespace().last().map(str::to_owned)).collect();
    assert!(declared.len() > 50 && declared.iter().all(|name| name.starts_with("desk_")), "{declared:?}");
    assert_eq!(declared, exported);
}
